/** Most bytes of a varint that is written here. */
export const MAX_VARINT_BYTES = 5;

/** Bytes of `value` (0 to 2^32 - 1) as LEB128. */
export function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

/** Writes `value` (0 to 2^32 - 1) as LEB128 at `at`, and gives the place behind it. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  while (value >= 0x80) {
    bytes[at++] = (value & 0x7f) | 0x80;
    value >>>= 7;
  }
  bytes[at++] = value;
  return at;
}
