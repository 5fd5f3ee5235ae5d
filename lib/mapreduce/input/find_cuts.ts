/** Where a large input can be cut into splits. */
import { MEMBER_PEEK_BYTES, nextMember, opensMember } from "./gzip_header.ts";
import type { Input } from "./input.ts";
import type { InputSource } from "./input_source.ts";
import { recordEnd } from "./record_end.ts";
import { READ_BYTES, readExactly } from "./stored_window.ts";
import { headEnd, MAX_HEAD_BYTES, readHead, startsRecord } from "./warc_head.ts";

/**
 * Where an input can be cut so that its parts are near `splitBytes`; the same each time.
 *
 * - Lines: behind the next LF.
 * - WARC as it is: in front of records, found from the first one on by Content-Length. That reads all
 *   small records once, so it is done for files, not for URLs. Behind a record that is wrong nothing is
 *   cut: reading will name it.
 * - WARC as gzip: in front of a member that begins with a record, found by its first bytes. Should it
 *   lie inside of another member, reading that one will find out: `bad-split`.
 * - Lines as gzip, and members that hold many records: nowhere.
 *
 * @throws {InputError} when it cannot be read
 */
export async function findCuts(
  input: Pick<Input, "size" | "format" | "isGzip" | "kind">,
  source: InputSource,
  splitBytes: number,
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const { size, format, isGzip, kind } = input;
  const parts = Math.ceil(size / splitBytes);
  if (parts < 2) return [];
  // No list: a server may say any size.
  const targets: Targets = {
    length: parts - 1,
    at: (i) => Math.floor((i + 1) * size / parts),
  };
  const window = new ReadWindow(source, size, signal);
  if (format === "warc" && isGzip) return await atEach(targets, size, window, memberCut);
  if (isGzip) return [];
  if (format === "text") return await atEach(targets, size, window, lineCut);
  return kind === "url" ? [] : await recordCuts(targets, size, window);
}

/** Places near which an input shall be cut. */
interface Targets {
  readonly length: number;
  at(i: number): number;
}

/** Reads ahead, for who looks at small parts that follow each other. */
class ReadWindow {
  readonly #source: InputSource;
  readonly #size: number;
  readonly #signal: AbortSignal | undefined;
  #at = 0;
  #bytes = new Uint8Array(0);

  constructor(source: InputSource, size: number, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#size = size;
    this.#signal = signal;
  }

  /** So many bytes from there on, or more, or all that there are: valid until the next call. */
  async from(offset: number, wantedBytes: number): Promise<Uint8Array> {
    const wantedEnd = Math.min(this.#size, offset + wantedBytes);
    if (offset < this.#at || wantedEnd > this.#at + this.#bytes.length) {
      const length = Math.min(this.#size - offset, Math.max(READ_BYTES, wantedBytes));
      this.#bytes = await readExactly(this.#source, offset, length, this.#signal) as Uint8Array<
        ArrayBuffer
      >;
      this.#at = offset;
    }
    return this.#bytes.subarray(offset - this.#at);
  }
}

/** Looks for a cut at or behind each target, in front of the next one. */
async function atEach(
  targets: Targets,
  size: number,
  window: ReadWindow,
  cutAt: (target: number, end: number, window: ReadWindow) => Promise<number | undefined>,
): Promise<readonly number[]> {
  const cuts: number[] = [];
  for (let i = 0; i < targets.length; i++) {
    const end = i + 1 < targets.length ? targets.at(i + 1) : size;
    const cut = await cutAt(targets.at(i), end, window);
    if (cut !== undefined) cuts.push(cut);
  }
  return cuts;
}

const LF = 0x0a;

async function lineCut(target: number, end: number, window: ReadWindow) {
  for (let at = target; at < end;) {
    const bytes = await window.from(at, 1);
    const lf = bytes.indexOf(LF);
    if (lf >= 0) return at + lf + 1 < end ? at + lf + 1 : undefined;
    at += bytes.length;
  }
  return undefined;
}

async function memberCut(target: number, end: number, window: ReadWindow) {
  for (let at = target; at < end;) {
    const bytes = await window.from(at, READ_BYTES);
    const isAll = bytes.length < READ_BYTES;
    // A member near the end of what is there is looked at with more behind it.
    const limit = isAll ? bytes.length : bytes.length - MEMBER_PEEK_BYTES;
    for (let start = nextMember(bytes, 0); start >= 0; start = nextMember(bytes, start + 1)) {
      if (start >= limit || at + start >= end) break;
      if (opensMember(bytes, start, "warc")) return at + start;
    }
    if (isAll) return undefined;
    at += limit;
  }
  return undefined;
}

async function recordCuts(
  targets: Targets,
  size: number,
  window: ReadWindow,
): Promise<readonly number[]> {
  const cuts: number[] = [];
  let wanted = 0;
  for (let at = 0; wanted < targets.length && at < size;) {
    if (at >= targets.at(wanted)) {
      cuts.push(at);
      while (wanted < targets.length && at >= targets.at(wanted)) wanted++;
    }
    const next = await nextRecord(at, window);
    if (next === undefined) break;
    at = next;
  }
  return cuts;
}

/** Where the record behind the one at `at` begins; `undefined`: there is something wrong with it. */
async function nextRecord(at: number, window: ReadWindow): Promise<number | undefined> {
  // Most heads are small; all of what may be one is read only if it must.
  let bytes = await window.from(at, 4096);
  let bodyAt = headEnd(bytes, 0);
  if (bodyAt < 0) {
    bytes = await window.from(at, MAX_HEAD_BYTES);
    bodyAt = headEnd(bytes, 0);
  }
  if (bodyAt < 0 || bodyAt > MAX_HEAD_BYTES || !startsRecord(bytes, 0)) return undefined;
  const head = readHead(bytes.subarray(0, bodyAt));
  if ("code" in head) return undefined;
  const bodyEnd = at + bodyAt + head.bodyBytes;
  const tail = await window.from(bodyEnd, 4);
  const end = recordEnd(tail, 0, true);
  return end.type === "whole" ? bodyEnd + end.next : undefined;
}
