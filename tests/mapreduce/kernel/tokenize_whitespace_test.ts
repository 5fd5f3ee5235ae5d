import assert from "node:assert/strict";
import fc from "fast-check";
import { tokenizeWhitespace } from "../../../lib/mapreduce/kernel/tokenize_whitespace.ts";
import { fromLatin1, latin1 } from "./naive.ts";

Deno.test("tokenizeWhitespace() splits like a pattern of the six kinds of white space", () => {
  const text = fc.array(fc.constantFrom(..." \t\n\v\f\rab\x1c\x1f\x85\xa0\0"), { maxLength: 30 });
  fc.assert(fc.property(text, (list) => {
    const bytes = fromLatin1(list.join(""));
    const tokens: string[] = [];
    tokenizeWhitespace(bytes, (start, end) => void tokens.push(latin1(bytes.subarray(start, end))));
    assert.deepEqual(tokens, list.join("").split(/[ \t\n\v\f\r]+/).filter((token) => token !== ""));
  }));
});

Deno.test("tokenizeWhitespace() stops where it is told to", () => {
  const starts: number[] = [];
  tokenizeWhitespace(fromLatin1("a b c"), (start) => {
    starts.push(start);
    return starts.length < 2;
  });
  assert.deepEqual(starts, [0, 2]);
});
