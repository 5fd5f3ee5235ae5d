import assert from "node:assert/strict";
import fc from "fast-check";
import type { Completion } from "../../lib/terminal/complete_line.ts";
import type { Key, KeyName } from "../../lib/terminal/key.ts";
import { KeyDecoder } from "../../lib/terminal/key_decoder.ts";
import { type EditEffect, LineEditor } from "../../lib/terminal/line_editor.ts";
import { knownText } from "./pieces.ts";

const key = (name: KeyName): Key => ({ type: "key", name });
const ctrl = (letter: string): Key => ({ type: "ctrl", letter });
const alt = (letter: string): Key => ({ type: "alt", letter });
const paste = (text: string): Key => ({ type: "paste", text });
const [UP, DOWN, LEFT] = ["\u001b[A", "\u001b[B", "\u001b[D"];
const TAB = "\t";

/** An editor that is typed on, with the lines it gave and the names of its other effects. */
function typing({ maxLineBytes = 4096, complete }: {
  readonly maxLineBytes?: number | ((text: string) => number);
  readonly complete?: (text: string, cursor: number) => Completion;
} = {}) {
  const editor = new LineEditor({ maxLineBytes, complete });
  const decoder = new KeyDecoder();
  const press = (...keys: readonly Key[]): EditEffect[] => keys.flatMap((key) => editor.press(key));
  /** What the keys in `input` did: lines as they are, other effects by their name. */
  const type = (input: string) =>
    press(...decoder.decode(new TextEncoder().encode(input)))
      .map((effect) => effect.type === "line" ? effect.line : `<${effect.type}>`);
  /** The text with `|` for the cursor. */
  const shown = () => `${editor.text.slice(0, editor.cursor)}|${editor.text.slice(editor.cursor)}`;
  return { editor, press, type, shown };
}

/** The plain twin: graphemes before and after the cursor. */
class Model {
  before: string[] = [];
  after: string[] = [];
  killed: string[] = [];

  type(pieces: readonly string[]) {
    this.before.push(...pieces);
  }
  left() {
    this.after.unshift(...this.before.splice(-1));
  }
  right() {
    this.before.push(...this.after.splice(0, 1));
  }
  home() {
    this.after.unshift(...this.before.splice(0));
  }
  end() {
    this.before.push(...this.after.splice(0));
  }
  backspace() {
    this.before.splice(-1);
  }
  delete() {
    this.after.splice(0, 1);
  }
  /** How many before the cursor `passes` goes over: first what does not, then what does. */
  back(passes: (piece: string) => boolean) {
    let at = this.before.length;
    while (at > 0 && !passes(this.before[at - 1] ?? "")) at--;
    while (at > 0 && passes(this.before[at - 1] ?? "")) at--;
    return this.before.length - at;
  }
  forth(passes: (piece: string) => boolean) {
    let at = 0;
    while (at < this.after.length && !passes(this.after[at] ?? "")) at++;
    while (at < this.after.length && passes(this.after[at] ?? "")) at++;
    return at;
  }
  kill(pieces: string[]) {
    if (pieces.length > 0) this.killed = pieces;
  }
  transpose() {
    if (this.before.length === 0 || this.before.length + this.after.length < 2) return;
    if (this.after.length === 0) this.left();
    const [one] = this.before.splice(-1);
    const [other] = this.after.splice(0, 1);
    this.before.push(other ?? "", one ?? "");
  }
}

const isWord = (piece: string) => /[\p{L}\p{N}\p{M}_]/u.test(piece);
const isNoSpace = (piece: string) => piece !== " ";

/** Each key with what it does to the model. */
const COMMANDS: readonly (readonly [Key, (model: Model) => void])[] = [
  [key("left"), (model) => model.left()],
  [ctrl("b"), (model) => model.left()],
  [key("right"), (model) => model.right()],
  [ctrl("f"), (model) => model.right()],
  [key("home"), (model) => model.home()],
  [ctrl("a"), (model) => model.home()],
  [key("end"), (model) => model.end()],
  [ctrl("e"), (model) => model.end()],
  [key("backspace"), (model) => model.backspace()],
  [key("delete"), (model) => model.delete()],
  [ctrl("k"), (model) => model.kill(model.after.splice(0))],
  [ctrl("u"), (model) => model.kill(model.before.splice(0))],
  [ctrl("y"), (model) => model.type(model.killed)],
  [ctrl("t"), (model) => model.transpose()],
  [alt("b"), (model) => {
    for (let count = model.back(isWord); count > 0; count--) model.left();
  }],
  [key("word-right"), (model) => {
    for (let count = model.forth(isWord); count > 0; count--) model.right();
  }],
  [alt("d"), (model) => model.kill(model.after.splice(0, model.forth(isWord)))],
  [ctrl("w"), (model) => {
    const count = model.back(isNoSpace);
    model.kill(count === 0 ? [] : model.before.splice(-count));
  }],
  [alt("\u007f"), (model) => {
    const count = model.back(isWord);
    model.kill(count === 0 ? [] : model.before.splice(-count));
  }],
];

Deno.test("LineEditor edits as a model that keeps an array of graphemes", () => {
  const step = fc.oneof(
    knownText(5).map(({ text, pieces }) => ({ text, pieces })),
    fc.constantFrom(...COMMANDS).map((command) => ({ command })),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { editor, press } = typing();
      const model = new Model();
      for (const step of steps) {
        if ("command" in step) {
          const [pressed, change] = step.command;
          press(pressed);
          change(model);
        } else if (step.text !== "") {
          press({ type: "text", text: step.text });
          model.type(step.pieces);
        }
        assert.deepEqual(
          [editor.text.slice(0, editor.cursor), editor.text.slice(editor.cursor)],
          [model.before.join(""), model.after.join("")],
        );
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("LineEditor stays whole whatever is typed: cursor between graphemes, bytes within the limit", () => {
  const names: KeyName[] = ["left", "right", "home", "up", "down", "enter", "backspace", "delete"];
  const any = fc.oneof(
    fc.string({ unit: "binary", maxLength: 10 }).map((text): Key => ({ type: "text", text })),
    fc.string({ unit: "binary", maxLength: 10 }).map(paste),
    fc.constantFrom("\u0301", "\u200d", "🇩", "👩", "\r\n", "\n").map(paste),
    fc.constantFrom(...names).map(key),
    fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz").map(ctrl),
  );
  const segmenter = new Intl.Segmenter("en");
  fc.assert(fc.property(fc.array(any, { maxLength: 40 }), (keys) => {
    const { editor, press } = typing({ maxLineBytes: 40 });
    for (const key of keys) {
      for (const effect of press(key)) {
        if (effect.type !== "line") continue;
        assert(effect.line.length > 0 && new TextEncoder().encode(effect.line).length <= 40);
        assert(!/\p{Cc}/u.test(effect.line));
      }
      assert(new TextEncoder().encode(editor.text).length <= 40);
      assert(!/\p{Cc}/u.test(editor.text));
      const { cursor, text } = editor;
      const bounds = [...segmenter.segment(text)].map(({ index }) => index);
      assert(cursor === text.length || bounds.includes(cursor), JSON.stringify([text, cursor]));
    }
  }));
});

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
