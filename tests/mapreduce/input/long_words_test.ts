import assert from "node:assert/strict";
import * as fc from "fast-check";
import { LongWords } from "../../../lib/mapreduce/input/long_words.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

/** What comes out of pieces of one record. */
function through(pieces: readonly string[], maxBytes: number) {
  const given: string[] = [];
  const tooLarge: number[] = [];
  let ends = 0;
  const words = new LongWords({
    piece(bytes, isLast) {
      given.push(decoder.decode(bytes));
      if (isLast) ends++;
    },
    tooLarge: (position) => void tooLarge.push(position),
  }, maxBytes);
  pieces.forEach((piece, at) => words.push(at, encoder.encode(piece), at === pieces.length - 1));
  return { text: given.join(""), tooLarge, ends };
}

Deno.test("LongWords passes text on, but for words that go over pieces and are above the limit", () => {
  // Only what goes on in the next piece is looked at: pieces themselves are small.
  const piece = fc.string({ unit: fc.constantFrom("a", "b", " ", "\n"), maxLength: 6 });
  fc.assert(fc.property(fc.array(piece, { minLength: 1 }), (pieces) => {
    const { text, tooLarge, ends } = through(pieces, 6);
    const words = pieces.join("").split(/\s+/).filter(Boolean);
    const short = words.filter((word) => word.length <= 6);
    assert.deepEqual(text.split(/\s+/).filter(Boolean), short);
    assert.equal(tooLarge.length, words.length - short.length);
    if (tooLarge.length === 0) assert.equal(text, pieces.join(""));
    assert.equal(ends, 1);
  }));
});

Deno.test("LongWords names the piece in which a long word began, and goes on behind it", () => {
  const { text, tooLarge } = through(["ab cd", "efgh", "ijkl", "m no", " p"], 6);
  assert.equal(text, "ab  no p");
  assert.deepEqual(tooLarge, [0]);
});

Deno.test("LongWords keeps a word of the limit, and none at the end of a record", () => {
  assert.deepEqual(through(["abc", "def"], 6), { text: "abcdef", tooLarge: [], ends: 1 });
  assert.deepEqual(through(["abc", "defg"], 6), { text: "", tooLarge: [0], ends: 1 });
});
