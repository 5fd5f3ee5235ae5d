import { tokenizeWhitespace } from "../../kernel/tokenize_whitespace.ts";
import { UnicodeTokenizer } from "../../kernel/unicode_tokenizer.ts";
import type { IndexJob } from "../job_description.ts";

const LF = 0x0a;

/** Gives a function that calls `onWord` for each word of a body, as `wordcount` sees them. */
export function wordsOf(
  { tokens, foldCase }: IndexJob,
): (body: Uint8Array, onWord: (word: Uint8Array) => void) => void {
  if (tokens === "unicode") {
    const tokenizer = new UnicodeTokenizer(foldCase);
    return (body, onWord) => {
      tokenizer.tokenize(body, true);
      const words = tokenizer.words.subarray(0, tokenizer.end);
      for (let at = 0; at < words.length;) {
        const end = words.indexOf(LF, at);
        onWord(words.subarray(at, end));
        at = end + 1;
      }
    };
  }
  return (body, onWord) => {
    const bytes = foldCase ? foldAscii(body) : body;
    tokenizeWhitespace(bytes, (start, end) => onWord(bytes.subarray(start, end)));
  };
}

function foldAscii(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);
}
