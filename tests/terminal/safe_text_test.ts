import assert from "node:assert/strict";
import fc from "fast-check";
import { safeJson, safeText } from "../../lib/terminal/safe_text.ts";

for (
  const [what, text, safe] of [
    ["an escape sequence", "\u001b[2Jhi", "\\x1b[2Jhi"],
    ["line feeds and tabs", "a\r\n\tb", "a\\x0d\\x0a\\x09b"],
    ["the one-byte form of a sequence", "\u009b2J", "\\x9b2J"],
    ["an override of direction", "a\u202eb", "a\\u{202e}b"],
    ["isolates and marks of direction", "\u2066\u061c\u200f", "\\u{2066}\\u{61c}\\u{200f}"],
    ["line separators", "\u2028\u2029", "\\u{2028}\\u{2029}"],
    ["half a surrogate pair", "a\ud83d!", "a\\u{d83d}!"],
    ["tag characters", "hi\u{e0068}\u{e0069}", "hi\\u{e0068}\\u{e0069}"],
    ["annotations", "\ufff9a\ufffab\ufffb", "\\u{fff9}a\\u{fffa}b\\u{fffb}"],
    ["a soft hyphen", "a\u00adb", "a\\xadb"],
    ["spaces of no width", "a\u200bb\u2060\ufeff", "a\\u{200b}b\\u{2060}\\u{feff}"],
    ["joiners that join nothing", "a\u200db\u200c", "a\\u{200d}b\\u{200c}"],
    [
      "letters that cannot be seen",
      "\u3164\uffa0\u115f\u034f",
      "\\u{3164}\\u{ffa0}\\u{115f}\\u{34f}",
    ],
    ["private use", "\ue000\u{f0000}", "\\u{e000}\\u{f0000}"],
    ["what is no character", "\ufdd0\u{1ffff}", "\\u{fdd0}\\u{1ffff}"],
    [
      "selectors on nothing, and a row of them",
      "a\ufe0f❤\ufe0f\ufe0f",
      "a\\u{fe0f}❤\ufe0f\\u{fe0f}",
    ],
    ["a mark at the start", "\u0336a", "\\u{336}a"],
    ["the ninth mark on a letter", `a${"\u0301".repeat(9)}b`, `a${"\u0301".repeat(8)}\\u{301}b`],
  ] as const
) {
  Deno.test(`safeText() shows ${what}`, () => assert.equal(safeText(text), safe));
}

for (
  const [what, text] of [
    ["ASCII", "Hello, ~world!"],
    ["letters with marks", "naïve e\u0301 Việt ḳ́"],
    ["Han, Hangul and Kana", "字幕 한국어 かな"],
    ["Hebrew and Arabic", "שלום مرحبا \u0600١٢"],
    ["Persian with its joiner", "می\u200cخواهم"],
    ["Devanagari with its joiner", "क्\u200dष"],
    ["Khmer with its breaks", "ខ្មែរ\u200bភាសា"],
    ["a family", "👨\u200d👩\u200d👧"],
    ["an emoji in a skin tone with a profession", "👩🏽\u200d💻"],
    ["a flag in colours", "🏳\ufe0f\u200d🌈 🇩🇪"],
    ["a keycap", "1\ufe0f\u20e3"],
    ["a form of a Han letter", "葛\u{e0100}"],
    ["an emoji that is yet to come", "\u{1faff}\u{1f8ff}"],
  ] as const
) {
  Deno.test(`safeText() leaves ${what} as it is`, () => assert.equal(safeText(text), text));
}

/** Written out, not by the properties that the code goes by. */
function isHarmful(code: number): boolean {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0xad || code === 0x61c ||
    code === 0x200e || code === 0x200f || (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) || (code >= 0xd800 && code <= 0xf8ff) ||
    code === 0xfeff || (code >= 0xfff9 && code <= 0xfffb) || (code >= 0xe0000 && code <= 0xe00ff) ||
    (code & 0xfffe) === 0xfffe;
}

/** Mostly what may do harm, and what it may hide behind. */
const suspicious = fc.array(fc.oneof(
  fc.string({ unit: "binary" }),
  fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
  fc.constantFrom(
    ..."\u180e\u180b\u1820\u061c\u0600\u17b4ក\u200c\u001b\u009b\u202e\u2066",
    ..."\u200d\u200b\ufe0f\u0301❤👩🏽💻ا字क\ud800\udc00",
  ),
  fc.constantFrom("\u{e0061}", "\u{e0101}", "\u{1f3f4}", "\u2029", "\u00ad"),
)).map((parts) => parts.join(""));

Deno.test("safeText() lets nothing through that controls, hides or reorders, and is stable", () => {
  fc.assert(
    fc.property(suspicious, (text) => {
      const safe = safeText(text);
      for (const character of safe) {
        const code = character.codePointAt(0) ?? 0;
        assert(!isHarmful(code), `${code.toString(16)} in ${JSON.stringify(text)}`);
      }
      assert.equal(safeText(safe), safe);
      assert.doesNotMatch(safe, /[\p{Cc}\p{Bidi_Control}\p{Cs}\p{Co}]/u);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("safeJson() gives one line of safe JSON that reads back unchanged", () => {
  fc.assert(
    fc.property(suspicious, (text) => {
      const json = safeJson({ text });
      assert.deepEqual(JSON.parse(json), { text });
      for (const character of json) assert(!isHarmful(character.codePointAt(0) ?? 0));
    }),
    { numRuns: 2000 },
  );
});
