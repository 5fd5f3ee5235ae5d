import { tokenizeWhitespace } from "../../kernel/tokenize_whitespace.ts";
import { UnicodeTokenizer } from "../../kernel/unicode_tokenizer.ts";
import type { IndexJob } from "../job_description.ts";

const LF = 0x0a;

/** Takes a word: the bytes from `start` to `end`, good during the call. */
export type OnWord = (bytes: Uint8Array, start: number, end: number) => void;

/** Gives a function that calls `onWord` for each word of a body, as `wordcount` sees them. */
export function wordsOf(
  { tokens, foldCase }: IndexJob,
): (body: Uint8Array, onWord: OnWord) => void {
  if (tokens === "unicode") {
    const tokenizer = new UnicodeTokenizer(foldCase);
    return (body, onWord) => {
      tokenizer.tokenize(body, true);
      const { words, end } = tokenizer;
      for (let start = 0, at = 0; at < end; at++) {
        if (words[at] !== LF) continue;
        onWord(words, start, at);
        start = at + 1;
      }
    };
  }
  return (body, onWord) => {
    const bytes = foldCase ? foldAscii(body) : body;
    tokenizeWhitespace(bytes, (start, end) => onWord(bytes, start, end));
  };
}

function foldAscii(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);
}
