import assert from "node:assert/strict";
import fc from "fast-check";
import { displayWidth } from "../../lib/terminal/display_width.ts";
import { graphemesOf } from "../../lib/terminal/graphemes.ts";
import { promptView } from "../../lib/terminal/prompt_view.ts";
import { knownText } from "./pieces.ts";

/** The row, without colours, with `|` before the column of the cursor. */
function view(text: string, cursor: number, columns: number, label = "> "): string {
  const { row, cursorColumn } = promptView({ label, text, cursor, columns });
  let width = 0;
  let shown = "";
  for (const grapheme of graphemesOf(row)) {
    if (width === cursorColumn && !shown.includes("|")) shown += "|";
    if (!grapheme.text.startsWith("\u001b")) shown += grapheme.text;
    width += grapheme.width;
  }
  return shown.includes("|") ? shown : `${shown}|`;
}

Deno.test("promptView() shows label, text and cursor where there is room", () => {
  assert.equal(view("", 0, 40), "> |");
  assert.equal(view("hello", 5, 40), "> hello|");
  assert.equal(view("hello", 2, 40), "> he|llo");
  assert.equal(view("字字", 1, 40), "> 字|字");
  assert.equal(view("1234567", 7, 10), "> 1234567|");
});

Deno.test("promptView() scrolls a long line by half of the room, and marks where it goes on", () => {
  const text = "abcdefghijklmnopqrstuvwxyz";
  assert.equal(view(text, 0, 20), "> |abcdefghijklmnop…");
  assert.equal(view(text, 14, 20), "> abcdefghijklmn|op…");
  assert.equal(view(text, 15, 20), "> …jklmno|pqrstuvwx…");
  assert.equal(view(text, 26, 20), "> …rstuvwxyz|");
  assert.equal(view(text, 20, 20), "> …jklmnopqrst|uvwx…");
});

Deno.test("promptView() leaves a space where half of a wide character would be", () => {
  assert.equal(view("字".repeat(20), 0, 20), "> |字字字字字字字字…");
  assert.equal(view(`${"字".repeat(20)}`, 20, 20), "> … 字字字|");
  assert.equal(view(`a${"字".repeat(20)}`, 0, 20), "> |a字字字字字字字 …");
});

Deno.test("promptView() makes visible what a terminal would obey, and keeps the cursor's place", () => {
  assert.equal(view("a\u001b[2Jb", 6, 40), "> a\\x1b[2Jb|");
  assert.equal(view("a\u202eb\\x", 2, 40), "> a\\u{202e}|b\\x");
  assert.equal(view("a\u202eb\\x", 4, 40), "> a\\u{202e}b\\|x");
});

Deno.test("promptView() cuts a label to half of the row", () => {
  assert.equal(view("hi", 2, 10, "#lobby> "), "#lo…hi|");
  assert.equal(view("hello", 5, 10, "#lobby> "), "#lo…hello|");
  assert.equal(view("hello!", 6, 10, "#lobby> "), "#lo…o!|");
});

Deno.test("promptView() is never wider than the columns less one and holds the cursor", () => {
  const columns = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(20, 40, 80));
  const labels = fc.constantFrom("", "> ", "#lobby> ", "\u001b[31m字字字字\u001b[39m ");
  const texts = fc.oneof(
    knownText(60).map(({ pieces }) => pieces),
    fc.array(fc.constantFrom("a", "字", "\u202e", "\u001b", "\u{e000}"), { maxLength: 60 }),
  );
  fc.assert(
    fc.property(texts, fc.nat(), columns, labels, (pieces, at, columns, label) => {
      const index = at % (pieces.length + 1);
      const cursor = pieces.slice(0, index).join("").length;
      const text = pieces.join("");
      const { row, cursorColumn } = promptView({ label, text, cursor, columns });
      assert(displayWidth(row) <= Math.max(0, columns - 1), row);
      assert(cursorColumn >= 0 && cursorColumn < columns, `${cursorColumn}`);
      if (columns < 8) return;
      // What is under the cursor is there.
      const under = pieces[index] ?? "";
      const shown = view(text, cursor, columns, label).split("|")[1] ?? "";
      if (under === "") assert.equal(shown, "");
      else assert(shown.startsWith(under) || shown.startsWith("\\"), `${shown} ${under}`);
    }),
    { numRuns: 1000 },
  );
});
