import assert from "node:assert/strict";
import fc from "fast-check";
import { displayWidth } from "../../lib/terminal/display_width.ts";
import { wrapText } from "../../lib/terminal/wrap_text.ts";
import { knownText, knownWidth } from "./pieces.ts";

for (
  const [text, columns, lines] of [
    ["", 5, [""]],
    ["one two three", 7, ["one two", "three"]],
    ["one two three", 80, ["one two three"]],
    ["one  two", 4, ["one", "two"]],
    ["  indented text", 10, ["  indented", "text"]],
    ["a\n\nb", 5, ["a", "", "b"]],
    ["abcdefgh ij", 3, ["abc", "def", "gh", "ij"]],
    ["字幕字幕", 5, ["字幕", "字幕"]],
    ["字", 1, ["字"]],
    ["ends  ", 10, ["ends"]],
  ] as const
) {
  Deno.test(`wrapText() breaks ${JSON.stringify(text)} at ${columns} columns`, () => {
    assert.deepEqual(wrapText(text, columns), lines);
  });
}

Deno.test("wrapText() keeps within the columns and loses nothing but spaces", () => {
  fc.assert(fc.property(knownText(), fc.integer({ min: 2, max: 60 }), ({ text }, columns) => {
    const lines = wrapText(text, columns);
    for (const line of lines) {
      assert(knownWidth(line) <= columns, line);
      assert.equal(line, line.trimEnd());
    }
    assert.equal(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
  }));
});

Deno.test("wrapText() breaks what somebody made wider than any letter is", () => {
  const tones = `👩${"🏽".repeat(9)}`;
  for (const line of wrapText(tones, 4)) assert(displayWidth(line) <= 4, line);
  assert.equal(wrapText(tones, 4).join(""), tones);
});
