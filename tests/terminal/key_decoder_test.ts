import assert from "node:assert/strict";
import fc from "fast-check";
import type { Key, KeyName } from "../../lib/terminal/key.ts";
import { KeyDecoder } from "../../lib/terminal/key_decoder.ts";

const key = (name: KeyName): Key => ({ type: "key", name });
const text = (text: string): Key => ({ type: "text", text });
const paste = (text: string): Key => ({ type: "paste", text });
const ctrl = (letter: string): Key => ({ type: "ctrl", letter });
const alt = (letter: string): Key => ({ type: "alt", letter });
const bytesOf = (input: string) => new TextEncoder().encode(input);

/** Text that came in several parts, as one. */
function joined(keys: readonly Key[]): Key[] {
  const all: Key[] = [];
  for (const next of keys) {
    const last = all.at(-1);
    if ("text" in next && last !== undefined && "text" in last && last.type === next.type) {
      all[all.length - 1] = { type: last.type, text: last.text + next.text };
    } else all.push(next);
  }
  return all;
}

function decode(...chunks: readonly (string | Uint8Array)[]): Key[] {
  const decoder = new KeyDecoder();
  return joined(
    chunks.flatMap((chunk) => decoder.decode(typeof chunk === "string" ? bytesOf(chunk) : chunk)),
  );
}

/** Each sequence with the keys that it is. */
const CASES: readonly (readonly [string, readonly Key[]])[] = [
  ["a", [text("a")]],
  ["é字👨\u200d👩\u200d👧", [text("é字👨\u200d👩\u200d👧")]],
  ["\r", [key("enter")]],
  ["\n", [key("enter")]],
  ["\t", [key("tab")]],
  ["\u007f", [key("backspace")]],
  ["\b", [key("backspace")]],
  ["\u0000", [ctrl("@")]],
  ["\u0001", [ctrl("a")]],
  ["\u0003", [ctrl("c")]],
  ["\u001a", [ctrl("z")]],
  ["\u001f", [ctrl("_")]],
  ["\u001b[A", [key("up")]],
  ["\u001b[B", [key("down")]],
  ["\u001b[C", [key("right")]],
  ["\u001b[D", [key("left")]],
  ["\u001bOA", [key("up")]],
  ["\u001bOH", [key("home")]],
  ["\u001bOF", [key("end")]],
  ["\u001bOM", [key("enter")]],
  ["\u001bO5D", [key("word-left")]],
  ["\u001b[H", [key("home")]],
  ["\u001b[F", [key("end")]],
  ["\u001b[1~", [key("home")]],
  ["\u001b[7~", [key("home")]],
  ["\u001b[3~", [key("delete")]],
  ["\u001b[3;5~", [key("delete")]],
  ["\u001b[4~", [key("end")]],
  ["\u001b[8~", [key("end")]],
  ["\u001b[5~", [key("page-up")]],
  ["\u001b[6~", [key("page-down")]],
  ["\u001b[1;5C", [key("word-right")]],
  ["\u001b[1;3D", [key("word-left")]],
  ["\u001b[1;2D", [key("left")]],
  ["\u001b[1;5A", [key("up")]],
  ["\u001bb", [alt("b")]],
  ["\u001b字", [alt("字")]],
  ["\u001b\u007f", [alt("\u007f")]],
  ["\u001b\r", [key("enter")]],
  ["\u001b\u001b[A", [key("escape"), key("up")]],
  // Swallowed whole: function keys, focus, answers, a mouse, what nobody knows.
  ["\u001b[15~", []],
  ["\u001bOP", []],
  ["\u001b[[A", []],
  ["\u001b[I", []],
  ["\u001b[?1;2c", []],
  ["\u001b[<0;10;20M", []],
  ["\u001b[12;4R", []],
  [`\u001b[${"1;".repeat(5000)}Q`, []],
  ["\u001b[ q", []],
  // Broken off by what cannot be in a sequence.
  ["\u001b[1;\u0003", [ctrl("c")]],
  ["\u001b[\u001b[A", [key("up")]],
  ["\u001b[12字", [text("字")]],
  ["\u001bO\r", [key("enter")]],
  // Pastes.
  ["\u001b[200~a\nb\t\u0003\u001b[201~", [paste("a\nb\t\u0003")]],
  ["\u001b[200~\u001b[A\u001b[20\u001b[201~", [paste("\u001b[A\u001b[20")]],
  ["\u001b[200~\u001b\u001b[201~", [paste("\u001b")]],
  ["\u001b[200~\u001b[200~x\u001b[201~", [paste("\u001b[200~x")]],
  ["\u001b[200~\u001b[201~", []],
  ["\u001b[201~", []],
  ["\ufeffx", [text("\ufeffx")]],
];

Deno.test("KeyDecoder knows each key and swallows what it does not know", () => {
  for (const [input, keys] of CASES) assert.deepEqual(decode(input), keys, JSON.stringify(input));
});

Deno.test("KeyDecoder gives the same keys at every split point and byte by byte", () => {
  const some = fc.array(fc.constantFrom(...CASES), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(some, (cases) => {
    const bytes = bytesOf(cases.map(([input]) => input.slice(0, 60)).join(""));
    const whole = decode(bytes);
    assert.deepEqual(decode(...[...bytes].map((byte) => Uint8Array.of(byte))), whole);
    for (let at = 1; at < bytes.length; at++) {
      assert.deepEqual(decode(bytes.subarray(0, at), bytes.subarray(at)), whole);
    }
  }));
});

Deno.test("KeyDecoder keeps the keys of one sequence apart from those of the next", () => {
  const whole = CASES.filter(([, keys]) => keys.length > 0);
  fc.assert(fc.property(fc.array(fc.constantFrom(...whole), { maxLength: 10 }), (cases) => {
    const input = cases.map(([input]) => input).join("");
    assert.deepEqual(decode(input), joined(cases.flatMap(([, keys]) => keys)));
  }));
});

Deno.test("KeyDecoder takes any bytes at any split, and obeys ^C after them", () => {
  const special = fc.constantFrom(...bytesOf("\u001b[O201~;"));
  const chunk = fc.array(fc.oneof(special, fc.nat(255)), { maxLength: 60 });
  fc.assert(fc.property(chunk.map((all) => Uint8Array.from(all)), fc.nat(), (bytes, at) => {
    const split = at % (bytes.length + 1);
    const parts = [bytes.subarray(0, split), bytes.subarray(split)];
    assert.deepEqual(decode(...parts), decode(bytes));
    const decoder = new KeyDecoder();
    decoder.decode(bytes);
    decoder.flush();
    assert.deepEqual(decoder.decode(bytesOf("\u0003")).at(-1), ctrl("c"));
  }));
});

Deno.test("KeyDecoder shows invalid UTF-8 as U+FFFD and goes on", () => {
  assert.deepEqual(decode(Uint8Array.of(0x61, 0xff, 0x62)), [text("a\ufffdb")]);
  assert.deepEqual(decode(Uint8Array.of(0xc3), "\r"), [text("\ufffd"), key("enter")]);
});

Deno.test("KeyDecoder.flush() takes what has begun as it is", () => {
  const flushed = (input: string) => {
    const decoder = new KeyDecoder();
    const before = decoder.decode(bytesOf(input));
    const { pending } = decoder;
    return [pending, joined([...before, ...decoder.flush()]), decoder.pending];
  };
  assert.deepEqual(flushed("a"), [undefined, [text("a")], undefined]);
  assert.deepEqual(flushed("a\u001b"), ["escape", [text("a"), key("escape")], undefined]);
  assert.deepEqual(flushed("\u001b["), ["escape", [alt("[")], undefined]);
  assert.deepEqual(flushed("\u001bO"), ["escape", [alt("O")], undefined]);
  assert.deepEqual(flushed("\u001b[1;"), ["escape", [], undefined]);
  assert.deepEqual(flushed("\u001b[200~a\u001b[2"), ["paste", [paste("a\u001b[2")], undefined]);
});
