/**
 * What the members of gzip of a split hold.
 *
 * Members are unpacked in batches: where they begin and end is guessed by their first bytes and proven
 * by the sizes that they tell. What cannot be proven so (large members, padding, anything wrong) is
 * unpacked one by one, which finds out exactly where a member ends and what is wrong with it.
 */
import type { Chunk } from "./chunk.ts";
import { MEMBER_PEEK_BYTES, nextMember, opensMember, startsMember } from "./gzip_header.ts";
import { findBatch, unpackBatch } from "./member_batch.ts";
import { DAMAGED, type MemberEnd, unpackMember } from "./unpack_member.ts";
import { READ_BYTES, StoredWindow, type StoredWindowOptions } from "./stored_window.ts";

const NO_BYTES = new Uint8Array(0);
const GAP: Chunk = { bytes: NO_BYTES, starts: [], isAfterGap: true };

/** What the members of gzip of a split hold; problems go to the tally. @throws {InputError} */
export async function* gzipChunks(options: StoredWindowOptions): AsyncGenerator<Chunk> {
  const window = new StoredWindow(options);
  /** Bytes unpacked so far. */
  let unpacked = 0;
  /** Up to here, members are unpacked one by one. */
  let carefulUntil = 0;
  while ((await window.fill(READ_BYTES)).length > 0) {
    const view = window.view();
    const zeros = countZeros(view);
    if (zeros > 0) {
      window.skip(zeros);
      continue;
    }
    if (!startsMember(view, 0)) {
      const { at } = window;
      const found = await findMember(window, options, at);
      yield GAP;
      note(options, at, { code: "gzip-trailing", message: NO_MEMBER }, found);
      continue;
    }
    const batch = window.at < carefulUntil ? undefined : findBatch(view, window.isAll);
    const bytes = batch && unpackBatch(view, batch);
    if (batch !== undefined && bytes !== undefined) {
      const starts = batch.starts.map((start) => ({
        unpacked: unpacked + start.unpacked,
        stored: window.at + start.stored,
      }));
      window.skip(batch.end);
      unpacked += bytes.length;
      yield { bytes, starts, isAfterGap: false };
      continue;
    }
    if (batch !== undefined) carefulUntil = window.at + batch.end;
    const start = { unpacked, stored: window.at };
    const member = unpackMember(window, options);
    let isFirst = true;
    let step = await member.next();
    for (; !step.done; step = await member.next()) {
      unpacked += step.value.length;
      yield { bytes: step.value, starts: isFirst ? [start] : [], isAfterGap: false };
      isFirst = false;
    }
    const end = step.value;
    if (end.type === "whole") continue;
    const found = await findMember(window, options, start.stored);
    // What is followed by another member is not cut, but so damaged that its end was not seen.
    if (end.type === "cut" && found === undefined) {
      for (const bytes of end.held) {
        yield { bytes, starts: isFirst ? [start] : [], isAfterGap: false };
        isFirst = false;
      }
    }
    yield GAP;
    note(options, start.stored, faultOf(end, found !== undefined, options), found);
  }
}

const NO_MEMBER = "something else than gzip stands behind the last member";

type Fault = Pick<StoredWindowOptions["tally"]["problems"][number], "code" | "message">;

function faultOf(
  end: Exclude<MemberEnd, { type: "whole" }>,
  isResumed: boolean,
  { split, source }: StoredWindowOptions,
): Fault {
  if (end.type === "corrupt") return { code: "gzip-corrupt", message: end.message };
  if (isResumed) return { code: "gzip-corrupt", message: DAMAGED };
  return split.endByte < source.size
    ? { code: "bad-split", message: "a member of gzip goes on behind the end of the split" }
    : { code: "gzip-cut", message: "it ends in the middle of a member of gzip" };
}

function note(
  { tally, split: { input } }: StoredWindowOptions,
  offset: number,
  fault: Fault,
  resumedAt: number | undefined,
): void {
  tally.addProblem({
    ...{ input, offset, ...fault },
    ...resumedAt === undefined ? {} : { resumedAt },
  });
}

/**
 * Moves the window to the next place behind `offset` where a member surely begins.
 *
 * @returns that place; `undefined`: there is none, and the window is at its end
 */
async function findMember(
  window: StoredWindow,
  { split }: StoredWindowOptions,
  offset: number,
): Promise<number | undefined> {
  for (;;) {
    const view = await window.fill(READ_BYTES);
    // A member near the end of what is there is looked at with more behind it.
    const limit = window.isAll ? view.length : view.length - MEMBER_PEEK_BYTES;
    for (let at = nextMember(view, 0); at >= 0 && at < limit; at = nextMember(view, at + 1)) {
      if (window.at + at <= offset || !opensMember(view, at, split.format)) continue;
      window.skip(at);
      return window.at;
    }
    const isAll = window.isAll;
    window.skip(limit);
    if (isAll) return undefined;
  }
}

function countZeros(bytes: Uint8Array): number {
  let count = 0;
  while (bytes[count] === 0) count++;
  return count;
}
