import assert from "node:assert/strict";
import fc from "fast-check";
import { truncate } from "../../lib/terminal/truncate.ts";
import { knownText, knownWidth } from "./pieces.ts";

for (
  const [text, columns, cut] of [
    ["abc", 3, "abc"],
    ["abcd", 3, "ab…"],
    ["abcd", 1, "…"],
    ["abcd", 0, ""],
    ["字幕", 4, "字幕"],
    ["字幕", 3, "字…"],
    ["字幕字", 4, "字…"],
    ["ae\u0301e\u0301", 2, "a…"],
    ["ae\u0301e\u0301", 3, "ae\u0301e\u0301"],
    ["👨\u200d👩\u200d👧!", 2, "…"],
    ["", 5, ""],
  ] as const
) {
  Deno.test(`truncate() makes ${JSON.stringify(text)} fit into ${columns} columns`, () => {
    assert.equal(truncate(text, columns), cut);
  });
}

Deno.test("truncate() ends colours that were begun", () => {
  const red = "\u001b[31mabcdef\u001b[39m";
  assert.equal(truncate(red, 6), red);
  assert.equal(truncate(red, 4), "\u001b[31mabc…\u001b[39m");
});

Deno.test("truncate() keeps within the columns, wastes one at most, cuts between pieces", () => {
  fc.assert(fc.property(knownText(), fc.integer({ min: 1, max: 60 }), (known, columns) => {
    const cut = truncate(known.text, columns);
    if (known.width <= columns) return assert.equal(cut, known.text);
    assert(cut.endsWith("…"));
    const kept = cut.slice(0, -1);
    let whole = "";
    for (const piece of known.pieces) if (whole.length < kept.length) whole += piece;
    assert.equal(kept, whole);
    assert(knownWidth(cut) <= columns);
    assert(knownWidth(cut) >= columns - 1);
  }));
});
