/** What follows the body of a WARC record. Source: ISO 28500, section 4: two line ends. */
import { MAGIC_BYTES, startsRecord } from "./warc_head.ts";

/** What follows a body: how far its end goes, or what is wrong. */
export type RecordEnd =
  /** Two line ends, the last of which ends at `next`. */
  | { readonly type: "whole"; readonly next: number }
  /** Fewer, but then comes a record, at `next`. */
  | { readonly type: "short"; readonly next: number }
  /** Fewer, and that is all there is. */
  | { readonly type: "cut"; readonly next: number }
  /** Something else: the body does not end here. */
  | { readonly type: "wrong" }
  /** Cannot be told before there are more bytes. */
  | { readonly type: "more" };

const LF = 0x0a;
const CR = 0x0d;

/**
 * Looks at what follows a body. A lone LF is a line end, too.
 *
 * @param at where the body ends
 * @param isAll nothing comes behind `bytes`
 */
export function recordEnd(bytes: Uint8Array, at: number, isAll: boolean): RecordEnd {
  let next = at;
  for (let lines = 0; lines < 2; lines++) {
    const length = lineEndAt(bytes, next);
    if (length === 0) return unfinished(bytes, next, isAll);
    next += length;
  }
  return { type: "whole", next };
}

function unfinished(bytes: Uint8Array, at: number, isAll: boolean): RecordEnd {
  const left = bytes.length - at;
  if (left === 0 || (left === 1 && bytes[at] === CR)) {
    return isAll ? { type: "cut", next: bytes.length } : { type: "more" };
  }
  if (!startsRecord(bytes, at)) return { type: "wrong" };
  if (left >= MAGIC_BYTES) return { type: "short", next: at };
  return isAll ? { type: "wrong" } : { type: "more" };
}

function lineEndAt(bytes: Uint8Array, at: number): 0 | 1 | 2 {
  if (bytes[at] === LF) return 1;
  return bytes[at] === CR && bytes[at + 1] === LF ? 2 : 0;
}
