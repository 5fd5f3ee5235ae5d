/** A line editor beside a model of a few lines, whatever is typed. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Key, KeyName } from "../../lib/terminal/key.ts";
import { knownText } from "./pieces.ts";
import { alt, ctrl, key, paste, typing } from "./typed_keys.ts";

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
