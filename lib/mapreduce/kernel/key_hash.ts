/**
 * The hash that says which partition a key belongs to: FNV-1a (32 bit) of its bytes, mixed by the
 * last step of MurmurHash3 (fmix32), since FNV-1a alone spreads short keys badly over few
 * partitions.
 *
 * @returns a number from 0 to 2^32 - 1.
 */
export function keyHash(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
