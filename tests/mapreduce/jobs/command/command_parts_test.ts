import assert from "node:assert/strict";
import fc from "fast-check";
import { LastLines } from "../../../../lib/mapreduce/jobs/last_lines.ts";
import { LineSplitter } from "../../../../lib/mapreduce/jobs/command/line_splitter.ts";
import { reporterLine } from "../../../../lib/mapreduce/jobs/command/reporter_line.ts";

Deno.test("reporterLine() reads counters and status as Hadoop does", () => {
  assert.deepEqual(reporterLine("reporter:counter:G,C,3"), {
    ...{ type: "counter", group: "G", counter: "C", n: 3 },
  });
  assert.deepEqual(reporterLine("reporter:counter:my group,a, b,-2 "), {
    ...{ type: "counter", group: "my group", counter: "a, b", n: -2 },
  });
  assert.deepEqual(reporterLine("reporter:status:half, done"), {
    type: "status",
    text: "half, done",
  });
});

for (
  const line of [
    "reporter:counter:G,C",
    "reporter:counter:G,C,x",
    "reporter:counter:G,C,1.5",
    "reporter:counter:G,C,99999999999999999999",
    " reporter:status:x",
    "reporter:other:x",
    "",
  ]
) {
  Deno.test(`reporterLine() takes ${JSON.stringify(line)} as a line like others`, () => {
    assert.equal(reporterLine(line), undefined);
  });
}

Deno.test("LineSplitter finds lines however the bytes are cut", () => {
  const cuts = fc.array(fc.nat(40), { maxLength: 10 });
  const text = fc.string({ unit: fc.constantFrom("a", "b", "\n"), maxLength: 40 });
  fc.assert(fc.property(text, cuts, (all, places) => {
    const bytes = new TextEncoder().encode(all);
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => void lines.push(new TextDecoder().decode(line)));
    const ends = [...places.filter((at) => at <= bytes.length).sort((a, b) => a - b), bytes.length];
    let at = 0;
    for (const end of ends) {
      const part = bytes.slice(at, end);
      splitter.push(part);
      part.fill(0x78); // it is good during the call
      at = end;
    }
    splitter.end();
    assert.deepEqual(lines, all.replace(/\n$/, "").split("\n").slice(all === "" ? 1 : 0));
  }));
});

Deno.test("LastLines keeps the last ten lines, each up to a limit", async () => {
  const seen: string[] = [];
  const last = new LastLines((line) => line.startsWith("!") && seen.push(line) > 0);
  await last.readAll((async function* () {
    const encoder = new TextEncoder();
    for (let at = 0; at < 30; at++) yield encoder.encode(`line ${at}\n!${at}\n\n`);
    yield encoder.encode("x".repeat(100_000));
    yield encoder.encode("y".repeat(100_000));
  })());
  assert.equal(last.lines.length, 10);
  assert.equal(last.lines[0], "line 21");
  assert.equal(last.lines[9], "x".repeat(4096));
  assert.equal(seen.length, 30);
});
