/**
 * Records of a state file. A file begins with eight bytes, `89 74 72 61 6d 73` and a u16 version;
 * all numbers are big-endian. Each record is:
 *
 * ```text
 * +---------------+---------------+------+----------------------+
 * | length  u32   | CRC-32  u32   | kind | content, length - 1  |
 * +---------------+---------------+------+----------------------+
 * ```
 *
 * `length` counts kind and content, and the CRC (that of gzip and PNG) covers them.
 */
import { crc32 } from "node:zlib";

/** Version of the format. */
export const STATE_VERSION = 1;

/** Bytes at the start of a file. */
export const STATE_HEAD: Uint8Array = Uint8Array.of(
  0x89,
  0x74,
  0x72,
  0x61,
  0x6d,
  0x73,
  STATE_VERSION >> 8,
  STATE_VERSION & 0xff,
);

/** Bytes of it that do not change from version to version. */
export const STATE_MAGIC_BYTES = 6;

/** Bytes before the content. */
export const RECORD_HEAD_BYTES = 9;

/** Most bytes of a record's content. */
const MAX_CONTENT_BYTES = 64 * 1024 * 1024;

/** Kinds of records. */
export const RecordKind = {
  /** Id (16 bytes) and cookie of the session; empty: there is none. */
  Session: 1,
  /** u64 each: acknowledged, last, dropped, skipped. */
  Counters: 2,
  /** u64 sequence, then the service's bytes. */
  Entry: 3,
  /** u64: everything up to this is acknowledged. */
  Acknowledged: 4,
  /** u64: everything up to this was dropped to make room. */
  Dropped: 5,
  /** JSON: `[name, value]`. */
  Note: 6,
} as const;

/** A record in a file. */
export interface StateRecord {
  readonly kind: number;
  /** A view. */
  readonly content: Uint8Array;
  /** Where the next one begins. */
  readonly end: number;
}

/** A record as bytes, of numbers and what follows them. */
export function encodeRecord(
  kind: number,
  numbers: readonly number[],
  rest: Uint8Array = new Uint8Array(0),
): Uint8Array<ArrayBuffer> {
  const contentBytes = numbers.length * 8 + rest.length;
  if (contentBytes > MAX_CONTENT_BYTES) throw tooLarge(rest);
  const record = new Uint8Array(RECORD_HEAD_BYTES + contentBytes);
  const view = new DataView(record.buffer);
  record[8] = kind;
  numbers.forEach((number, at) => {
    view.setUint32(RECORD_HEAD_BYTES + at * 8, Math.floor(number / 2 ** 32));
    view.setUint32(RECORD_HEAD_BYTES + at * 8 + 4, number % 2 ** 32);
  });
  record.set(rest, RECORD_HEAD_BYTES + numbers.length * 8);
  view.setUint32(0, contentBytes + 1);
  view.setUint32(4, crc32(record.subarray(8)));
  return record;
}

/** @throws {RangeError} when no record can hold an entry of these bytes */
export function checkEntry(bytes: Uint8Array): void {
  if (bytes.length + 8 > MAX_CONTENT_BYTES) throw tooLarge(bytes);
}

function tooLarge({ length }: Uint8Array): RangeError {
  return new RangeError(
    `Cannot keep ${length} bytes in one record: at most 64 MiB with its number`,
  );
}

/** The record that begins at `at`, or `undefined` when there is no whole and sound one. */
export function recordAt(bytes: Uint8Array, at: number): StateRecord | undefined {
  if (bytes.length - at < RECORD_HEAD_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(at);
  const end = at + 8 + length;
  const kind = bytes[at + 8] ?? 0;
  const isPossible = length >= 1 && end <= bytes.length && kind >= RecordKind.Session &&
    kind <= RecordKind.Note;
  if (!isPossible || crc32(bytes.subarray(at + 8, end)) !== view.getUint32(at + 4)) {
    return undefined;
  }
  return { kind, content: bytes.subarray(at + RECORD_HEAD_BYTES, end), end };
}

/** The number at place `index` of a record's content, or NaN where it has none. */
export function numberIn(content: Uint8Array, index: number): number {
  if (content.length < index * 8 + 8) return NaN;
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const number = view.getUint32(index * 8) * 2 ** 32 + view.getUint32(index * 8 + 4);
  return Number.isSafeInteger(number) ? number : NaN;
}
