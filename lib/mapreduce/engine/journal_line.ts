/**
 * The lines of a journal: `CRC-32 in hex, space, JSON, LF`. A line counts when it is whole and its
 * checksum fits, and all lines before it do; so a line that was cut by a crash is as if it were not there.
 */
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import type { Problem } from "../input/problem.ts";
import type { Counters, RunPart, SkippedRecord } from "./messages.ts";
import type { Winner } from "./scheduler_types.ts";

/** The winner of a map task, and what it said. */
export interface MapLine extends Winner {
  readonly type: "map";
  readonly parts: readonly RunPart[];
  readonly counters: Counters;
  readonly problems: readonly Problem[];
  readonly skipped: readonly SkippedRecord[];
}

/** The winner of a reduce task, and what it said. */
export interface ReduceLine extends Winner {
  readonly type: "reduce";
  readonly bytes: number;
  readonly crc32: number;
  readonly counters: Counters;
  readonly skipped: readonly SkippedRecord[];
}

/** A line of a journal. */
export type JournalLine =
  | {
    readonly type: "job";
    readonly version: 1;
    readonly run: string;
    /** See `planFingerprint`. */
    readonly fingerprint: string;
  }
  | { readonly type: "epoch"; readonly epoch: number }
  | MapLine
  | ReduceLine
  | { readonly type: "lost"; readonly task: number; readonly message: string }
  | { readonly type: "end"; readonly outcome: string };

/** A line as it is in the file. */
export function encodeJournalLine(line: JournalLine): Uint8Array {
  const json = JSON.stringify(line);
  return Buffer.from(`${checksum(json)} ${json}\n`);
}

/** What a journal says. */
export interface ReadJournal {
  readonly lines: readonly JournalLine[];
  /** Bytes of the whole lines. */
  readonly keepBytes: number;
}

/** Reads the lines of a journal, up to the first that is not whole. */
export function decodeJournal(bytes: Uint8Array): ReadJournal {
  const lines: JournalLine[] = [];
  const decoder = new TextDecoder();
  let keepBytes = 0;
  for (let end; (end = bytes.indexOf(0x0a, keepBytes)) >= 0; keepBytes = end + 1) {
    const text = decoder.decode(bytes.subarray(keepBytes, end));
    const json = text.slice(9);
    if (text.slice(0, 9) !== `${checksum(json)} `) break;
    lines.push(JSON.parse(json) as JournalLine);
  }
  return { lines, keepBytes };
}

function checksum(text: string): string {
  return crc32(Buffer.from(text)).toString(16).padStart(8, "0");
}
