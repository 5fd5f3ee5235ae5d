import assert from "node:assert/strict";
import fc from "fast-check";
import { displayWidth } from "../../lib/terminal/display_width.ts";
import { knownText } from "./pieces.ts";

for (
  const [what, text, width] of [
    ["nothing", "", 0],
    ["ASCII", "a b~", 4],
    ["Latin letters in one and in two characters", "e\u0301é", 2],
    ["many marks on one letter", `a${"\u0300".repeat(20)}`, 1],
    ["Han", "字幕", 4],
    ["full-width and half-width forms", "ｗｱ", 3],
    ["Hangul in syllables and in letters", "한\u1112\u1161\u11ab", 4],
    ["Devanagari with joined letters", "नमस्ते", 4],
    ["Thai with marks above", "กำที่", 3],
    ["Arabic with an invisible joiner", "می\u200cخواهم", 7],
    ["Arabic sign before digits", "\u060012", 3],
    ["a pictograph as text", "❤", 1],
    ["a pictograph as emoji", "❤\ufe0f", 2],
    ["a keycap", "1\ufe0f\u20e3", 2],
    ["a skin tone", "👍🏽☝🏽", 4],
    ["a family", "👨\u200d👩\u200d👧\u200d👦", 2],
    ["flags", "🇩🇪🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", 4],
    ["half a flag", "🇩", 2],
    ["nothing that can be seen", "\u200b\u200d\u2060\ufeff", 0],
    ["a letter with a joiner that joins nothing", "a\u200d", 1],
    ["lines and blocks", "│█░…", 4],
    ["half a surrogate pair", "\ud800", 1],
    ["colours", "\u001b[1m\u001b[31m字a\u001b[39m\u001b[22m", 3],
  ] as const
) {
  Deno.test(`displayWidth() counts ${what}`, () => assert.equal(displayWidth(text), width));
}

Deno.test("displayWidth() is the sum of the widths of what the text is made of", () => {
  fc.assert(fc.property(knownText(), ({ text, width }) => {
    assert.equal(displayWidth(text), width);
  }));
});
