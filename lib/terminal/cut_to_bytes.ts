/**
 * The longest beginning of `text` that takes at most `maxBytes` in UTF-8, cut between code points.
 * Counted by hand: `encodeInto` of Deno 2.4 was once seen to say that more had fitted than can.
 */
export function cutToBytes(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text;
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += bytesOf(character.codePointAt(0) ?? 0);
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** Bytes of a code point in UTF-8; half a surrogate pair becomes U+FFFD, which has three. */
function bytesOf(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
