/** Where members of gzip begin. Source: RFC 1952. */
import { constants, gunzipSync } from "node:zlib";
import type { InputFormat } from "./input.ts";
import { MAGIC_BYTES, startsRecord } from "./warc_head.ts";

/** Bytes of a header without its optional fields. */
export const GZIP_HEADER_BYTES = 10;
/** Bytes of the checksum and size behind each member. */
export const GZIP_TRAILER_BYTES = 8;
/** Bytes that {@linkcode opensMember} wants to see, if there are as many. */
export const MEMBER_PEEK_BYTES = 4 * 1024;

const ID1 = 0x1f;
const ID2 = 0x8b;
const DEFLATE = 8;
const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;
const RESERVED = 0xe0;

/** Whether the first bytes of a member stand at `at`, or as many of them as there are bytes. */
export function startsMember(bytes: Uint8Array, at: number): boolean {
  const [id1, id2, method, flags] = bytes.subarray(at, at + 4);
  return id1 === ID1 && (id2 ?? ID2) === ID2 && (method ?? DEFLATE) === DEFLATE &&
    ((flags ?? 0) & RESERVED) === 0;
}

/** The next place from `from` on where a member may begin; -1: none. Most are none, once in 100 MB. */
export function nextMember(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(ID1, from); at >= 0; at = bytes.indexOf(ID1, at + 1)) {
    if (at + 4 <= bytes.length && startsMember(bytes, at)) return at;
  }
  return -1;
}

/** Where the header of the member at the start of `bytes` ends; -1: behind them. */
export function headerEnd(bytes: Uint8Array): number {
  if (bytes.length < GZIP_HEADER_BYTES) return -1;
  const flags = bytes[3] as number;
  let at = GZIP_HEADER_BYTES;
  if (flags & FEXTRA) {
    if (bytes.length < at + 2) return -1;
    at += 2 + (bytes[at] as number) + 256 * (bytes[at + 1] as number);
  }
  for (const field of [FNAME, FCOMMENT]) {
    if (!(flags & field)) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return -1;
    at = end + 1;
  }
  if (flags & FHCRC) at += 2;
  return at <= bytes.length ? at : -1;
}

/** Size of what a member holds, as the last 4 bytes in front of `end` say. */
export function memberSize(bytes: Uint8Array, end: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(end - 4, true);
}

/** Checksum of what a member holds, as the 4 bytes in front of its size say. */
export function memberChecksum(bytes: Uint8Array, end: number): number {
  return memberSize(bytes, end - 4);
}

/** Whether a member at `at` can be unpacked and, if it shall be WARC, begins with a record. */
export function opensMember(bytes: Uint8Array, at: number, format: InputFormat): boolean {
  if (!startsMember(bytes, at)) return false;
  try {
    const head = gunzipSync(bytes.subarray(at, at + MEMBER_PEEK_BYTES), {
      finishFlush: constants.Z_SYNC_FLUSH,
      chunkSize: 64 * 1024,
    });
    return format === "warc"
      ? head.length >= MAGIC_BYTES && startsRecord(head, 0)
      : head.length > 0;
  } catch {
    return false;
  }
}
