/** Bytes of a key that a prefix holds: as many as leave a double room for the length. */
export const PREFIX_BYTES = 6;

/** What the length of a key counts as that goes on behind its prefix. */
const LONGER = PREFIX_BYTES + 1;

/**
 * The first six bytes of a key, and behind them how many bytes there are, as a number: most
 * comparisons of keys are one of numbers. Keys whose prefixes differ are ordered like them; keys whose
 * prefixes are the same are equal, or both are longer than {@linkcode PREFIX_BYTES}.
 */
export function keyPrefix(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length >= PREFIX_BYTES) {
    const high = ((bytes[start] as number) << 16) | ((bytes[start + 1] as number) << 8) |
      (bytes[start + 2] as number);
    const low = ((bytes[start + 3] as number) << 16) | ((bytes[start + 4] as number) << 8) |
      (bytes[start + 5] as number);
    return (high * 0x100_0000 + low) * 8 + (length > PREFIX_BYTES ? LONGER : PREFIX_BYTES);
  }
  let prefix = 0;
  for (let at = start; at < start + PREFIX_BYTES; at++) {
    prefix = prefix * 256 + (at < end ? bytes[at] as number : 0);
  }
  return prefix * 8 + length;
}
