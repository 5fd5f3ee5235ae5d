import assert from "node:assert/strict";
import fc from "fast-check";
import { LineSplitter } from "../../lib/launch/line_splitter.ts";

Deno.test("LineSplitter gives the same lines however the bytes are cut", () => {
  fc.assert(fc.property(
    fc.array(fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n]/g, ""))),
    fc.infiniteStream(fc.integer({ min: 1, max: 7 })),
    (lines, cuts) => {
      const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
      const splitter = new LineSplitter();
      const found: string[] = [];
      for (let at = 0; at < bytes.length;) {
        const size = cuts.next().value as number;
        found.push(...splitter.push(bytes.subarray(at, at + size)));
        at += size;
      }
      assert.deepEqual([...found, ...splitter.end()], lines);
    },
  ));
});

Deno.test("LineSplitter cuts a line that never ends, instead of keeping it", () => {
  const splitter = new LineSplitter();
  const lines = splitter.push(new Uint8Array(40_000).fill(0x61));
  assert.deepEqual(lines.map(({ length }) => length), [16384, 16384]);
  assert.equal(splitter.end()[0]?.length, 40_000 - 2 * 16384);
});
