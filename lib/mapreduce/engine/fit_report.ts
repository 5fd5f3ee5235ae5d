/** Makes what an attempt says of itself small enough for its frame. */
import { Buffer } from "node:buffer";
import { MAX_BULK_FRAME_BYTES } from "../../transport/frame.ts";
import type { Problem } from "../input/problem.ts";
import type { Counters, SkippedRecord } from "./messages.ts";
import { MAX_COUNTER_NAME_LENGTH } from "./messages.ts";

/** Most bytes of a MAP_DONE: far below the limit of control frames, as the journal keeps it, too. */
export const MAX_MAP_DONE_BYTES = 8 * 1024 * 1024;

/** Most bytes of a REDUCE_DONE, without the 5 bytes of length and kind. */
export const MAX_REDUCE_DONE_BYTES = MAX_BULK_FRAME_BYTES - 5;

/** Most UTF-16 code units of a message. */
const MAX_MESSAGE_LENGTH = 2000;

/** Bytes that are kept for the counters that say how much was left out. */
const NOTE_BYTES = 200;

/** Counters of tram itself; those of a job have a colon in their names. */
const OWN_COUNTER = /^(map|reduce|shuffle)\.[a-z_]+$/;

/** What is fitted. */
export interface Report {
  readonly counters: Counters;
  readonly problems?: readonly Problem[];
  readonly skipped: readonly SkippedRecord[];
}

/**
 * Leaves out of `counters`, `problems` and `skipped` what does not fit into `maxBytes` of JSON, and says
 * how many in the counters `report.counters_left_out`, `report.problems_left_out` and
 * `report.skipped_left_out`. tram's own counters go first, then those of the job, which get half of
 * the bytes at most, then problems and skipped records in their order.
 *
 * @param maxBytes of the frame, of which everything else must take less than a half
 */
export function fitReport<T extends Report>(report: T, maxBytes: number): T {
  const { counters, problems, skipped } = report;
  const empty = { ...report, counters: {}, ...(problems && { problems: [] }), skipped: [] };
  const leftBytes = maxBytes - NOTE_BYTES - jsonBytes(empty);
  const budget = { bytes: Math.floor(leftBytes / 2) };
  const names = Object.keys(counters);
  const ordered = [
    ...names.filter((name) => OWN_COUNTER.test(name)),
    ...names.filter((name) => !OWN_COUNTER.test(name)),
  ];
  const kept = ordered.filter((name) => {
    const count = counters[name];
    return Number.isSafeInteger(count) && name.length <= MAX_COUNTER_NAME_LENGTH &&
      takes(budget, { [name]: count });
  });
  budget.bytes += leftBytes - Math.floor(leftBytes / 2);
  const fitting = <Item extends Problem | SkippedRecord>(items: readonly Item[]) => {
    const short = items.map((item) => ({ ...item, message: shorten(item.message) }));
    const end = short.findIndex((item) => !takes(budget, item));
    return end < 0 ? short : short.slice(0, end);
  };
  const fittingProblems = problems && fitting(problems);
  const fittingSkipped = fitting(skipped);
  const leftOut = {
    "report.counters_left_out": names.length - kept.length,
    "report.problems_left_out": (problems?.length ?? 0) - (fittingProblems?.length ?? 0),
    "report.skipped_left_out": skipped.length - fittingSkipped.length,
  };
  return {
    ...report,
    counters: {
      ...Object.fromEntries(kept.map((name) => [name, counters[name]])),
      ...Object.fromEntries(Object.entries(leftOut).filter(([, count]) => count > 0)),
    },
    ...(fittingProblems && { problems: fittingProblems }),
    skipped: fittingSkipped,
  };
}

function shorten(message: string): string {
  return message.length <= MAX_MESSAGE_LENGTH
    ? message
    : message.slice(0, MAX_MESSAGE_LENGTH).toWellFormed();
}

/** Takes the bytes of a value and its comma off the budget, if there are so many. */
function takes(budget: { bytes: number }, value: unknown): boolean {
  const bytes = jsonBytes(value) + 1;
  if (bytes > budget.bytes) return false;
  budget.bytes -= bytes;
  return true;
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
