/** Unpacks the member of gzip at the start of a window. */
import { GZIP_TRAILER_BYTES, headerEnd } from "./gzip_header.ts";
import { MAX_BATCH_BYTES } from "./member_batch.ts";
import { MemberInflater } from "./member_inflater.ts";
import { READ_BYTES, type StoredWindow, type StoredWindowOptions } from "./stored_window.ts";

/** How a member ends. */
export type MemberEnd =
  | { readonly type: "whole" }
  /** Nothing came behind it; `held` is good as far as it goes, if it is indeed cut. */
  | { readonly type: "cut"; readonly held: readonly Uint8Array[] }
  | { readonly type: "corrupt"; readonly message: string };

/** Bytes that are given to zlib at a time: they may become a thousand times as many. */
const PIECE_BYTES = 32 * 1024;

/** What is wrong where bytes cannot be unpacked. */
export const DAMAGED = "the bytes of a member of gzip are damaged";

const CHECKSUM = "checksum or size of a member of gzip is missing or wrong";

/**
 * Unpacks the member at the start of the window and moves the window behind it. A small one is given
 * once its checksum is right.
 */
export async function* unpackMember(
  window: StoredWindow,
  { signal }: StoredWindowOptions,
): AsyncGenerator<Uint8Array, MemberEnd> {
  const header = headerEnd(await window.fill(READ_BYTES));
  if (header < 0) {
    return window.isAll
      ? { type: "cut", held: [] }
      : { type: "corrupt", message: "the header of a member of gzip has no end" };
  }
  const inflater = new MemberInflater();
  try {
    let at = header;
    const held: Uint8Array[] = [];
    let isLarge = false;
    for (;;) {
      signal?.throwIfAborted();
      const view = await window.fill(at + PIECE_BYTES);
      const piece = view.subarray(at, at + PIECE_BYTES);
      held.push(...piece.length > 0 ? await inflater.push(piece) : await inflater.finish());
      at += piece.length;
      if (inflater.isFailed) {
        return { type: "corrupt", message: DAMAGED };
      }
      if (inflater.isCut) return { type: "cut", held };
      if (inflater.isDone) break;
      isLarge ||= held.reduce((sum, { length }) => sum + length, 0) > MAX_BATCH_BYTES;
      if (isLarge) yield* held.splice(0);
      // The end may be found out one piece late.
      if (at <= 2 * PIECE_BYTES) continue;
      window.skip(at - 2 * PIECE_BYTES);
      at = 2 * PIECE_BYTES;
    }
    const view = await window.fill(at + GZIP_TRAILER_BYTES);
    const trailer = inflater.trailer();
    const end = find(view, trailer, Math.max(0, at - 2 * PIECE_BYTES));
    if (end >= 0) {
      window.skip(end + GZIP_TRAILER_BYTES);
      yield* held;
      return { type: "whole" };
    }
    const isCut = window.isAll && endsWithin(view, trailer);
    return isCut ? { type: "cut", held } : { type: "corrupt", message: CHECKSUM };
  } finally {
    inflater.close();
  }
}

/** Whether the bytes end within the trailer, behind the checksum. */
function endsWithin(bytes: Uint8Array, trailer: Uint8Array): boolean {
  return [4, 5, 6, 7].some((count) =>
    trailer.subarray(0, count).every((byte, i) => bytes[bytes.length - count + i] === byte)
  );
}

/** Where `wanted` stands in `bytes`; -1: nowhere. */
function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const first = wanted[0] as number;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}
