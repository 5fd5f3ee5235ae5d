/** What the JSON frames of file transfers say: see `protocol.ts` and `docs/protocol.md`, "Files". */
import * as v from "valibot";
import type { Schema } from "../transport/parse_json.ts";
import { code, count, nick, sha256, shortText, u32, where } from "./schema_parts.ts";

function schema<T>(of: unknown): Schema<T> {
  return of as Schema<T>;
}

/** 32 hexadecimal digits that the sender makes up: the same file offered again after a lost line. */
const key = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, "wanted 32 hexadecimal digits"));

/** OFFER: a file, for `#room` (each member gets an offer of its own) or `@nick`. */
export interface Offer {
  readonly key: string;
  readonly to: string;
  /** Name without folders, as the sender has it; the receiver makes it safe. */
  readonly name: string;
  readonly size: number;
}
const offer = v.object({
  key,
  to: where,
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  size: count,
});
/** Checks an OFFER. */
export const offerSchema: Schema<Offer> = offer;

/** OFFERED: an offer, as one receiver gets it. */
export interface Offered extends Offer {
  /** Number of the transfer, while both lines last. */
  readonly transfer: number;
  readonly author: number;
  readonly nick: string;
}
/** Checks an OFFERED. */
export const offeredSchema: Schema<Offered> = v.object({
  ...offer.entries,
  transfer: u32,
  author: u32,
  nick,
});

/** ANSWER: accepts an offer from an offset, or rejects it. */
export interface Answer {
  readonly transfer: number;
  readonly isAccepted: boolean;
  /** Bytes that the receiver has already; whole chunks of `FILE_CHUNK_BYTES`. */
  readonly offset: number;
  /** SHA-256 of the last of these chunks, so that the sender can see that it is the same file. */
  readonly chunkSha256?: string | undefined;
  /** Why it is rejected. */
  readonly reason?: string | undefined;
}
/** Checks an ANSWER. */
export const answerSchema: Schema<Answer> = schema(v.object({
  transfer: u32,
  isAccepted: v.boolean(),
  offset: count,
  chunkSha256: v.optional(sha256),
  reason: v.optional(shortText),
}));

/** START: to the sender: somebody has accepted. */
export interface Start {
  readonly transfer: number;
  readonly key: string;
  readonly author: number;
  readonly nick: string;
  readonly offset: number;
  readonly chunkSha256?: string | undefined;
  /**
   * Again for a transfer that runs: the receiver is slower than the sender, who sends no more of this
   * file until START comes without it. What is on its way already is taken.
   */
  readonly isPaused?: boolean | undefined;
}
/** Checks a START. */
export const startSchema: Schema<Start> = schema(v.object({
  transfer: u32,
  key,
  author: u32,
  nick,
  offset: count,
  chunkSha256: v.optional(sha256),
  isPaused: v.optional(v.boolean()),
}));

/** FILE_END: all of the file has been sent. */
export interface FileEnd {
  readonly transfer: number;
  readonly size: number;
  /** Of the whole file, as `sha256sum` prints it. */
  readonly sha256: string;
}
/** Checks a FILE_END. */
export const fileEndSchema: Schema<FileEnd> = v.object({ transfer: u32, size: count, sha256 });

/** FILE_DONE: the receiver has the file, under its name and on its disk. */
export interface FileDone {
  readonly transfer: number;
  readonly sha256: string;
}
/** Checks a FILE_DONE. */
export const fileDoneSchema: Schema<FileDone> = v.object({ transfer: u32, sha256 });

/**
 * FILE_STOP: a transfer ends before its end. `rejected`, `cancelled` by a person, `gone` (the line to
 * the other side is lost: it may go on later), `away` (nobody there to offer it to), `too-large`,
 * `not-allowed`, `too-many`, `changed` (it is another file now), `failed` (disk), `mismatch` (hash).
 */
export interface FileStop {
  /** The transfer; 0: the whole offer, named by its key. */
  readonly transfer: number;
  readonly key?: string | undefined;
  readonly code: string;
  readonly message: string;
  /** Who it was offered to, where the server says it. */
  readonly nick?: string | undefined;
}
/** Checks a FILE_STOP. */
export const fileStopSchema: Schema<FileStop> = schema(v.object({
  transfer: u32,
  key: v.optional(key),
  code,
  message: shortText,
  nick: v.optional(nick),
}));
