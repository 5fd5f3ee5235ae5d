/**
 * Takes WARC records out of bytes that come in chunks: by Content-Length, never by empty lines, which
 * may stand in a body. A record is given once its end is seen to be right, or, if it is larger than
 * what may be kept, part by part. What is wrong is named, and the next record is looked for.
 *
 * Synchronous, no input or output of its own. Source: ISO 28500 (WARC 1.1).
 */
import { GrowingBuffer } from "./growing_buffer.ts";
import type { ProblemCode } from "./problem.ts";
import { recordEnd } from "./record_end.ts";
import { WarcFields } from "./warc_fields.ts";
import { headEnd, MAGIC_BYTES, MAX_HEAD_BYTES, readHead, startsRecord } from "./warc_head.ts";

/** Who is given what is found. Positions count the bytes that the parser was given. */
export interface WarcHandler {
  /** A conversion record. The views are valid until the parser is given more. */
  record(position: number, body: Uint8Array, fields: WarcFields): void;
  /** Some of the body of a conversion record that is too large to be kept. */
  part(position: number, bytes: Uint8Array, isLast: boolean): void;
  /** A record that is none of the job's. */
  skipped(type: string): void;
  /** @param resumedAt position of what is read next; `undefined`: nothing */
  problem(position: number, code: ProblemCode, message: string, resumedAt?: number): void;
  /** Whether a member of gzip begins at a position: there may be a record, whatever stands before. */
  isStart(position: number): boolean;
}

/** A record whose body is not kept. */
interface OpenRecord {
  readonly position: number;
  readonly isWanted: boolean;
  readonly type: string;
  /** Bytes of its body that are to come. */
  leftBytes: number;
}

/** What is wrong, until it is known where it goes on. */
interface Fault {
  readonly position: number;
  readonly code: ProblemCode;
  readonly message: string;
}

/** What comes behind the bytes that are there. */
type Rest = "more" | "nothing" | "gap";

const LF = 0x0a;
const CR = 0x0d;
const DIGIT_0 = 0x30;
const MAGIC_FIRST = 0x57; // "W"
const EMPTY = new Uint8Array(0);
const CUT = "it ends in the middle of a record";

/** Takes WARC records out of chunks. */
export class WarcParser {
  readonly #handler: WarcHandler;
  readonly #keepBytes: number;
  readonly #kept = new GrowingBuffer();
  /** Position of the first byte that is kept. */
  #position = 0;
  /** Fewer bytes than these need not be looked at. */
  #wantedBytes = 0;
  /** Nothing more can be done with the bytes that are there. */
  #isStuck = false;
  #rest: Rest = "more";
  #open: OpenRecord | undefined;
  #fault: Fault | undefined;

  /** @param keepBytes most bytes of a body that are kept until its end is seen */
  constructor(handler: WarcHandler, keepBytes: number) {
    this.#handler = handler;
    this.#keepBytes = keepBytes;
  }

  /** Position of the first byte of what is unfinished. */
  get oldest(): number {
    return this.#open?.position ?? this.#fault?.position ?? this.#position;
  }

  /** Takes the next bytes. */
  push(bytes: Uint8Array): void {
    const hasKept = this.#kept.length > 0;
    if (hasKept) this.#kept.append(bytes);
    const all = hasKept ? this.#kept.view() : bytes;
    const used = all.length < this.#wantedBytes ? 0 : this.#parse(all, "more");
    this.#position += used;
    if (hasKept) this.#kept.drop(used);
    else this.#kept.append(bytes.subarray(used));
  }

  /** Something is missing here, which is named elsewhere: what is unfinished goes, a record follows. */
  gap(): void {
    this.#finish("gap");
  }

  /** That was all. */
  end(): void {
    this.#finish("nothing");
  }

  #finish(rest: Rest): void {
    const all = this.#kept.view();
    this.#parse(all, rest);
    this.#position += all.length;
    this.#kept.clear();
    if (this.#fault !== undefined) this.#report(this.#fault);
    this.#fault = undefined;
    this.#open = undefined;
    this.#wantedBytes = 0;
  }

  /** @returns how many bytes are done with; the others are wanted again, with more behind them */
  #parse(all: Uint8Array, rest: Rest): number {
    this.#rest = rest;
    this.#isStuck = false;
    this.#wantedBytes = 0;
    let at = 0;
    while (!this.#isStuck) {
      if (this.#fault !== undefined) at = this.#search(all, at);
      else if (this.#open !== undefined) at = this.#body(this.#open, all, at);
      else at = this.#record(all, at);
    }
    return at;
  }

  /** A whole record, or the head of one that is not kept. @returns where to go on */
  #record(all: Uint8Array, from: number): number {
    let at = from;
    while (all[at] === LF || all[at] === CR) at++;
    if (at === all.length) return this.#wait(at, 0);
    if (!startsRecord(all, at)) {
      return this.#fail(at, at, "not-a-record", "no WARC record begins here");
    }
    const bodyAt = headEnd(all, at);
    if (bodyAt < 0 || bodyAt - at > MAX_HEAD_BYTES) return this.#noHead(all, at);
    const head = readHead(all.subarray(at, bodyAt));
    if ("code" in head) return this.#fail(at, at + MAGIC_BYTES, head.code, head.message);
    const { type, bodyBytes } = head;
    const isWanted = type === "conversion";
    if (isWanted && bodyBytes <= this.#keepBytes) return this.#whole(all, at, bodyAt, bodyBytes);
    this.#open = { position: this.#position + at, isWanted, type, leftBytes: bodyBytes };
    return bodyAt;
  }

  #noHead(all: Uint8Array, at: number): number {
    if (all.length - at <= MAX_HEAD_BYTES) return this.#unfinished(at, all.length + 1);
    const message = `its head is larger than ${MAX_HEAD_BYTES / 1024} KiB`;
    return this.#fail(at, at + MAGIC_BYTES, "too-large", message);
  }

  /** A record that is given as a whole. */
  #whole(all: Uint8Array, at: number, bodyAt: number, bodyBytes: number): number {
    const bodyEnd = bodyAt + bodyBytes;
    if (bodyEnd > all.length) return this.#unfinished(at, bodyEnd + 4);
    const end = recordEnd(all, bodyEnd, this.#rest !== "more");
    if (end.type === "more") return this.#unfinished(at, all.length + 1);
    if (end.type === "wrong") return this.#wrongLength(at, bodyAt);
    const fields = new WarcFields(all.subarray(at, bodyAt));
    this.#handler.record(this.#position + at, all.subarray(bodyAt, bodyEnd), fields);
    if (end.type !== "whole") this.#badEnd(this.#position + at, end);
    return end.next;
  }

  /** The rest of a body that is not kept. */
  #body(open: OpenRecord, all: Uint8Array, from: number): number {
    const count = Math.min(open.leftBytes, all.length - from);
    const at = from + count;
    open.leftBytes -= count;
    const isCut = open.leftBytes > 0 && this.#rest !== "more";
    if (open.isWanted && (count > 0 || isCut)) {
      const bytes = count > 0 ? all.subarray(from, at) : EMPTY;
      this.#handler.part(open.position, bytes, open.leftBytes === 0 || isCut);
    }
    if (open.leftBytes > 0) {
      if (this.#rest === "nothing") this.#handler.problem(open.position, "cut", CUT);
      return this.#wait(at, 0);
    }
    const end = recordEnd(all, at, this.#rest !== "more");
    if (end.type === "more") return this.#wait(at, all.length + 1 - at);
    this.#open = undefined;
    if (!open.isWanted) this.#handler.skipped(open.type);
    if (end.type === "wrong") return this.#wrongLength(open.position - this.#position, at);
    if (end.type !== "whole") this.#badEnd(open.position, end);
    return end.next;
  }

  /** More bytes are needed. @returns `at`, from where they are */
  #wait(at: number, wantedBytes: number): number {
    this.#isStuck = true;
    this.#wantedBytes = wantedBytes;
    return at;
  }

  /** A record that goes on behind the bytes that are there; it may be cut. */
  #unfinished(at: number, wantedEnd: number): number {
    if (this.#rest !== "nothing") return this.#wait(at, wantedEnd - at);
    // A Content-Length that is too large swallows records: they are looked for.
    return this.#fail(at, at + 1, "cut", CUT);
  }

  #badEnd(position: number, end: { readonly type: "short" | "cut"; readonly next: number }): void {
    if (this.#rest === "gap") return;
    const isCut = end.type === "cut";
    const message = "the two line ends behind it are missing; it was read all the same";
    const resumedAt = isCut ? undefined : this.#position + end.next;
    this.#handler.problem(position, isCut ? "cut" : "bad-end", message, resumedAt);
  }

  #wrongLength(at: number, searchAt: number): number {
    const message = "its Content-Length does not lead to the end of the record";
    return this.#fail(at, searchAt, "bad-length", message);
  }

  /** @returns where the search for the next record begins */
  #fail(at: number, searchAt: number, code: ProblemCode, message: string): number {
    this.#fault = { position: this.#position + at, code, message };
    return searchAt;
  }

  #report({ position, code, message }: Fault, resumedAt?: number): void {
    this.#handler.problem(position, code, message, resumedAt);
  }

  /** Looks for a record behind something wrong. The byte in front of it is wanted, too. */
  #search(all: Uint8Array, from: number): number {
    for (let at = from;; at++) {
      at = all.indexOf(MAGIC_FIRST, at);
      if (at < 0) return this.#wait(Math.max(from, all.length - 1), 0);
      if (!startsRecord(all, at)) continue;
      const next = all[at + MAGIC_BYTES];
      if (next === undefined) return this.#wait(Math.max(from, at - 1), 0);
      if ((next - DIGIT_0) >>> 0 > 9) continue;
      if (all[at - 1] !== LF && !this.#handler.isStart(this.#position + at)) continue;
      if (this.#fault !== undefined) this.#report(this.#fault, this.#position + at);
      this.#fault = undefined;
      return at;
    }
  }
}
