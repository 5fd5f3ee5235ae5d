import { keyHash } from "./key_hash.ts";

/** The partition, from 0 to `partitions` - 1, that the key belongs to. */
export function partitionOf(
  bytes: Uint8Array,
  partitions: number,
  start = 0,
  end = bytes.length,
): number {
  return keyHash(bytes, start, end) % partitions;
}
