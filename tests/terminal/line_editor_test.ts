/** What each key does to a line. */
import assert from "node:assert/strict";
import { DOWN, key, LEFT, paste, TAB, typing, UP } from "./typed_keys.ts";

Deno.test("LineEditor gives entered lines, and none that is empty", () => {
  const { type, shown } = typing();
  assert.deepEqual(type("hello\r\r\nthere\r"), ["hello", "there"]);
  assert.equal(shown(), "|");
});

Deno.test("LineEditor splits a paste at its line feeds, at the cursor, and keeps the last part", () => {
  const { press, type, shown } = typing();
  type(`say ""${LEFT}`);
  const lines = press(paste("one\r\ntwo\rthr\u0007ee\n\nfo\tur\u001b[31m"));
  assert.deepEqual(lines.map((effect) => "line" in effect && effect.line), [
    'say "one',
    "two",
    "three",
  ]);
  assert.equal(shown(), 'fo ur[31m|"');
});

Deno.test("LineEditor rings when a line is full, and keeps what fits", () => {
  const { type, shown } = typing({ maxLineBytes: 5 });
  assert.deepEqual(type("abcd"), []);
  assert.deepEqual(type("é"), ["<bell>"]);
  assert.deepEqual(type("e"), []);
  assert.deepEqual(type("f"), ["<bell>"]);
  assert.equal(shown(), "abcde|");
});

Deno.test("LineEditor cuts a paste once per line, drops the rest of that line, and says so", () => {
  const { press, shown } = typing({ maxLineBytes: 5 });
  assert.deepEqual(press(paste("abcdé")), [{ type: "cut", maxLineBytes: 5 }]);
  assert.equal(shown(), "abcd|");
  assert.deepEqual(press(paste("fg")), []); // there is room for one, but it is not the next
  assert.deepEqual(press(paste("h\nij")), [{ type: "line", line: "abcd" }]);
  assert.equal(shown(), "ij|");
  assert.deepEqual(press(paste("klmn")), [{ type: "cut", maxLineBytes: 5 }]);
});

Deno.test("LineEditor takes the limit of the line that is being made", () => {
  const maxLineBytes = (text: string) => text.startsWith("!") ? 8 : 5;
  const { press, type, shown } = typing({ maxLineBytes });
  assert.deepEqual(press(paste("!bcdefghij")), [{ type: "cut", maxLineBytes: 8 }]);
  assert.equal(shown(), "!bcdefgh|");
  assert.deepEqual(type("\u0001x"), ["<bell>"]); // it would be no command any more
  assert.equal(shown(), "|!bcdefgh");
});

Deno.test("LineEditor goes through history and keeps the line that is not finished", () => {
  const { type, shown } = typing();
  type("one\rtwo\rtwo\rthr");
  assert.deepEqual(type(UP), []);
  assert.equal(shown(), "two|");
  type(UP);
  assert.equal(shown(), "one|");
  assert.deepEqual(type(UP), ["<bell>"]);
  type(`${DOWN}${DOWN}`);
  assert.equal(shown(), "thr|");
  assert.deepEqual(type(DOWN), ["<bell>"]);
  type("ee");
  assert.deepEqual(type(`${UP}${UP}!\r`), ["one!"]);
  type(UP);
  assert.equal(shown(), "one!|");
});

Deno.test("LineEditor clears a line at ^C, and asks for more on an empty one", () => {
  const { type, shown } = typing();
  assert.deepEqual(type("abc\u0003"), []);
  assert.equal(shown(), "|");
  assert.deepEqual(type("\u0003"), ["<interrupt>"]);
});

Deno.test("LineEditor deletes at ^D, and ends on an empty line", () => {
  const { type, shown } = typing();
  assert.deepEqual(type(`ab${LEFT}\u0004`), []);
  assert.equal(shown(), "a|");
  assert.deepEqual(type("\u0004"), []);
  assert.deepEqual(type("\b\u0004"), ["<end>"]);
});

Deno.test("LineEditor searches back at ^R, and takes up what other keys do with it", () => {
  const { editor, type, shown } = typing();
  type("send one\rsay two\rsend three\rdraft");
  type("\u0012");
  assert.equal(editor.query, "");
  for (const letter of "send") assert.deepEqual(type(letter), []);
  assert.equal(shown(), "|send three");
  type("\u0012");
  assert.equal(shown(), "|send one");
  assert.deepEqual(type("\u0012"), ["<bell>"]);
  assert.deepEqual(type("\b\b\b"), []);
  assert.equal(editor.query, "s");
  assert.equal(shown(), "|send three");
  type("\u0007");
  assert.deepEqual([editor.query, shown()], [undefined, "draft|"]);
  assert.deepEqual(type("\u0012two\r"), ["say two"]);
  assert.deepEqual([editor.query, shown()], [undefined, "|"]);
});

Deno.test("LineEditor completes one candidate at Tab, and what several have in common", () => {
  const names = ["grace", "grünwald", "grün", "ada "];
  const complete = (text: string, cursor: number) => {
    const from = text.lastIndexOf(" ", cursor - 1) + 1;
    const typed = text.slice(from, cursor);
    return { from, candidates: names.filter((name) => name.startsWith(typed)) };
  };
  const { press, type, shown } = typing({ complete });
  type(`to a!${LEFT}${TAB}`);
  assert.equal(shown(), "to ada |!");
  type("\u0003g");
  assert.deepEqual(type(TAB), []);
  assert.equal(shown(), "gr|");
  assert.deepEqual(press(key("tab")), [{ type: "candidates", candidates: names.slice(0, 3) }]);
  assert.deepEqual(type(`ü${TAB}`), []);
  assert.equal(shown(), "grün|");
  type(LEFT);
  assert.deepEqual(type(`\u0003x${TAB}`), ["<bell>"]);
  assert.deepEqual(type(TAB), ["<bell>"]);
  type("\u0003gr");
  assert.deepEqual(type(TAB), ["<bell>"]);
  assert.deepEqual(type(TAB), ["<candidates>"]);
});

Deno.test("LineEditor does not complete beyond the limit", () => {
  const complete = () => ({ from: 0, candidates: ["abcdef"] });
  const { type, shown } = typing({ maxLineBytes: 5, complete });
  assert.deepEqual(type(`ab${TAB}`), ["<bell>"]);
  assert.equal(shown(), "ab|");
});
