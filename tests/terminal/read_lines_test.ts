import assert from "node:assert/strict";
import fc from "fast-check";
import { settle } from "../../lib/clock/fake_clock.ts";
import { readLines } from "../../lib/terminal/read_lines.ts";
import { FakeInput } from "../fake_input.ts";

/** The lines in these chunks, and the numbers of those that were cut. */
async function linesOf(
  chunks: readonly (string | Uint8Array)[],
  maxLineBytes?: number,
): Promise<{ lines: string[]; cut: number[] }> {
  const input = new FakeInput({ isTerminal: false });
  for (const chunk of chunks) input.type(chunk);
  input.end();
  const cut: number[] = [];
  const onCut = (lineNumber: number) => cut.push(lineNumber);
  const { signal } = new AbortController();
  const lines = await Array.fromAsync(readLines(input, signal, { maxLineBytes, onCut }));
  return { lines, cut };
}

/** In chunks that end at these places. */
function split(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
}

Deno.test("readLines() gives lines without their ends, the last one without one too", async () => {
  for (
    const [text, lines] of [
      ["", []],
      ["one", ["one"]],
      ["one\n", ["one"]],
      ["one\r\ntwo\nthree\r", ["one", "two", "three"]],
      ["\n\r\n\n", ["", "", ""]],
      ["a\rb\r\r\n", ["a\rb\r"]],
      ["\ufeffone\n\ufefftwo", ["one", "\ufefftwo"]],
    ] as const
  ) assert.deepEqual(await linesOf([text]), { lines, cut: [] }, JSON.stringify(text));
});

Deno.test("readLines() gives the same lines whatever the chunks are", async () => {
  const part = fc.constantFrom("a", "é", "字", "👩\u200d👧", "\n", "\r\n", "\r", " ");
  const input = fc.tuple(fc.array(part, { maxLength: 30 }), fc.array(fc.nat(), { maxLength: 10 }));
  await fc.assert(fc.asyncProperty(input, async ([parts, places]) => {
    const text = parts.join("");
    const bytes = new TextEncoder().encode(text);
    const expected = text.split("\n");
    if (expected.at(-1) === "") expected.pop();
    const lines = expected.map((line) => line.replace(/\r$/, ""));
    assert.deepEqual(await linesOf(split(bytes, places)), { lines, cut: [] });
  }));
});

Deno.test("readLines() cuts what is too long between code points, and says which line it is", async () => {
  assert.deepEqual(await linesOf(["abcde\r\nabcdef\nab\n"], 5), {
    lines: ["abcde", "abcde", "ab"],
    cut: [2],
  });
  assert.deepEqual(await linesOf(["abc字x\n", "ab字\n"], 5), { lines: ["abc", "ab字"], cut: [1] });
  assert.deepEqual(await linesOf(["ab👩\n"], 5), { lines: ["ab"], cut: [1] });
  assert.deepEqual(await linesOf(["x".repeat(9), "y\n", "z"], 5), {
    lines: ["xxxxx", "z"],
    cut: [1],
  });
  // The carriage return is the end of a line only where a line feed follows.
  assert.deepEqual(await linesOf(["abcde\rf"], 5), { lines: ["abcde"], cut: [1] });
});

Deno.test("readLines() holds lines within the limit, also where bytes are not UTF-8", async () => {
  const invalid = new Uint8Array(10).fill(0xff);
  assert.deepEqual(await linesOf([invalid], 10), { lines: ["\ufffd".repeat(3)], cut: [1] });
  const bytes = fc.uint8Array({ maxLength: 60 });
  await fc.assert(fc.asyncProperty(bytes, fc.array(fc.nat()), async (bytes, places) => {
    const whole = await linesOf([bytes], 8);
    assert.deepEqual(await linesOf(split(bytes, places), 8), whole);
    for (const line of whole.lines) {
      assert(new TextEncoder().encode(line).length <= 8);
      assert(!line.includes("\n"));
    }
  }));
});

Deno.test("readLines() ends at the signal, without half a line", async () => {
  const input = new FakeInput({ isTerminal: false });
  const controller = new AbortController();
  const lines = Array.fromAsync(readLines(input, controller.signal));
  input.type("one\ntw");
  await settle();
  controller.abort();
  assert.deepEqual(await lines, ["one"]);
});
