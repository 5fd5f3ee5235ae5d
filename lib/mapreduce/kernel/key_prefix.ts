/** Bytes that a prefix holds: as many as a double holds exactly. */
const PREFIX_BYTES = 6;

/**
 * The first six bytes of a key as a number, so that most comparisons of keys are one of numbers:
 * keys whose prefixes differ are ordered like them. Missing bytes count as 0.
 */
export function keyPrefix(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length >= PREFIX_BYTES) {
    const high = ((bytes[start] as number) << 16) | ((bytes[start + 1] as number) << 8) |
      (bytes[start + 2] as number);
    const low = ((bytes[start + 3] as number) << 16) | ((bytes[start + 4] as number) << 8) |
      (bytes[start + 5] as number);
    return high * 0x100_0000 + low;
  }
  let prefix = 0;
  for (let at = start; at < start + PREFIX_BYTES; at++) {
    prefix = prefix * 256 + (at < end ? bytes[at] as number : 0);
  }
  return prefix;
}
