/**
 * The format of a run: entries sorted by (key bytes, order of emission), in blocks.
 *
 * ```text
 * run     = block* , end
 * block   = head , payload
 * payload = entry , entry*                   head.bytes long, whole entries
 * entry   = varint keyLength , key , varint valueLength , value
 * end     = head with bytes 0 , payload of 12 bytes:
 *           records of the run u64 LE , fingerprint of all heads before u32 LE
 * head    = bytes u32 LE , records u32 LE , CRC-32 of the payload u32 LE ,
 *           CRC-32 of the 12 bytes before u32 LE
 * ```
 *
 * A varint is LEB128 of at most five bytes. A cut run lacks its end, and each byte stands under a
 * checksum, so a torn or changed run is never taken for a whole one.
 */

/** Bytes of a head. */
export const HEAD_BYTES = 16;

/** Bytes of a head before its own checksum. */
export const CHECKED_BYTES = 12;

/** Bytes after the head of the end. */
export const END_BYTES = 12;

/** Bytes of entries after which a block ends; a larger entry has a block of its own. */
export const BLOCK_BYTES = 64 * 1024;

/** Largest block, in bytes; a key with its value stays below. */
export const MAX_BLOCK_BYTES = 1024 * 1024 * 1024;

/** What is known of a whole run. */
export interface RunSummary {
  readonly records: number;
  /** Size of the run with heads and end, in bytes. */
  readonly bytes: number;
  /**
   * Fingerprint of the run, by `HeadsCrc`: of the heads' first 12 bytes, which hold the CRC-32 of
   * each block, but not of the heads' own CRC-32, since what ends in its checksum has a constant one.
   */
  readonly crc32: number;
}
