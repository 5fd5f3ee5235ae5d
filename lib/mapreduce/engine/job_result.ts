/** How a job ended. */
import type { Problem } from "../input/problem.ts";
import type { Counters, SkippedRecord } from "./messages.ts";

/** One file of the output. */
export interface OutputPart {
  readonly name: string;
  readonly bytes: number;
  readonly crc32: number;
}

/** A map task that was left out. */
export interface LostTask {
  readonly task: number;
  readonly message: string;
}

/** What earlier runs had done of a job that was gone on with. */
export interface EarlierWork {
  /** Map and reduce tasks whose outputs count. */
  readonly maps: number;
  readonly reduces: number;
  /** Stored bytes of inputs that these map tasks read. */
  readonly storedBytes: number;
}

/** How a job ended. */
export interface JobResult {
  /** `partial`: the output is there, and something of the input is not in it. */
  readonly outcome: "done" | "partial" | "failed" | "interrupted";
  /** Why it failed; `disk`: the coordinator cannot write. */
  readonly code?: "task-failed" | "no-workers" | "disk" | undefined;
  /** Why it failed: one line. */
  readonly message?: string | undefined;
  /** Added up, of winners only. */
  readonly counters: Counters;
  /** What was wrong with inputs, by input and offset; of winners only. */
  readonly problems: readonly Problem[];
  /** What the job left out. */
  readonly skipped: readonly SkippedRecord[];
  readonly lost: readonly LostTask[];
  readonly parts: readonly OutputPart[];
  readonly earlier: EarlierWork;
  readonly attempts: number;
  readonly backups: number;
  /** Messages of superseded attempts. */
  readonly refused: number;
  readonly wallMs: number;
}

/** Name of the file with one partition. */
export function partName(partition: number): string {
  return `part-${String(partition).padStart(5, "0")}`;
}

/** Name of the file that says that all of the input is in the output. */
export const SUCCESS_NAME = "_SUCCESS";

/** Name of the file that says what is not: instead of `_SUCCESS`. */
export const PARTIAL_NAME = "_PARTIAL";

/** Adds counters up; a sum stays within 2^53. */
export function sumCounters(all: Iterable<Counters>): Record<string, number> {
  const sums = new Map<string, number>();
  const most = Number.MAX_SAFE_INTEGER;
  for (const counters of all) {
    for (const [name, count] of Object.entries(counters)) {
      const sum = (sums.get(name) ?? 0) + count; // names come from outside: `toString` is one, too
      sums.set(name, Math.max(-most, Math.min(most, sum)));
    }
  }
  return Object.fromEntries(sums);
}
