import assert from "node:assert/strict";
import fc from "fast-check";
import { LineParser } from "../../../lib/mapreduce/input/line_parser.ts";

function parse(text: string, sizes: readonly number[] = [], maxLineBytes = 1000): string[] {
  const bytes = new TextEncoder().encode(text);
  const said: string[] = [];
  let batch: [number, Uint8Array][] = [];
  const parser = new LineParser({
    line: (at, line) => void batch.push([at, line]),
    tooLarge: (at, resumedAt) => said.push(`${at} too large -> ${resumedAt}`),
  }, maxLineBytes);
  const take = () => {
    for (const [at, line] of batch) said.push(`${at} ${new TextDecoder().decode(line)}`);
    batch = [];
  };
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    parser.push(bytes.slice(at, at + size));
    at += size;
    take();
  }
  parser.end();
  take();
  return said;
}

Deno.test("LineParser.push() gives lines without LF, and what is behind the last one", () => {
  assert.deepEqual(parse("one\n\ntwo\r\nthree"), ["0 one", "4 ", "5 two\r", "10 three"]);
  assert.deepEqual(parse("one\n"), ["0 one"]);
  assert.deepEqual(parse(""), []);
});

Deno.test("LineParser.push() gives the same lines however the bytes are cut up", () => {
  const text = fc.array(fc.constantFrom("a", "bc", "\n", "é", "\r\n", "ddddd"), { maxLength: 60 });
  fc.assert(fc.property(text, fc.array(fc.nat(7), { maxLength: 30 }), (parts, sizes) => {
    const said = parse(parts.join(""));
    assert.deepEqual(parse(parts.join(""), sizes), said);
    const bytes = new TextEncoder().encode(parts.join(""));
    const lines = new TextDecoder().decode(bytes).split("\n");
    if (lines.at(-1) === "") lines.pop();
    assert.deepEqual(said.map((line) => line.slice(line.indexOf(" ") + 1)), lines);
  }));
});

Deno.test("LineParser.push() leaves out lines above the limit and names each once", () => {
  const text = `a\n${"x".repeat(20)}\nb\n${"y".repeat(11)}\n${"z".repeat(10)}\nc`;
  const wanted = [
    "0 a",
    "2 too large -> 23",
    "23 b",
    "25 too large -> 37",
    `37 ${"z".repeat(10)}`,
    "48 c",
  ];
  const sorted = (said: string[]) => said.toSorted((a, b) => parseInt(a) - parseInt(b));
  assert.deepEqual(sorted(parse(text, [], 10)), wanted);
  for (let size = 1; size < 30; size++) {
    assert.deepEqual(sorted(parse(text, Array(60).fill(size), 10)), wanted, `${size}`);
  }
});
