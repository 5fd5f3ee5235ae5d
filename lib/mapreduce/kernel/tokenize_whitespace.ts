/** Whether a byte is white space of Python's `bytes.split()`: space, tab, LF, VT, FF, CR. */
export function isWhitespace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/**
 * Finds the tokens that white space separates, like Python's `bytes.split()`.
 *
 * @param onToken is given the places where a token begins and ends; false stops.
 */
export function tokenizeWhitespace(
  bytes: Uint8Array,
  onToken: (start: number, end: number) => boolean | void,
): void {
  let at = 0;
  while (true) {
    while (at < bytes.length && isWhitespace(bytes[at] as number)) at++;
    if (at === bytes.length) return;
    const start = at;
    while (at < bytes.length && !isWhitespace(bytes[at] as number)) at++;
    if (onToken(start, at) === false) return;
  }
}
