/** What `tram collect send` says: while it runs, and at the end. */
import { formatCount } from "../terminal/format_count.ts";
import { formatDurationMs } from "../terminal/format_duration_ms.ts";
import { packLines } from "../terminal/pack.ts";
import { safeJson } from "../terminal/safe_text.ts";
import { formatOffset } from "./format_offset.ts";
import type { EstimateNotice } from "./messages.ts";
import type { SampleSender } from "./sample_sender.ts";

/** What came of taking samples. */
export interface TakingResult {
  /** Samples taken. */
  readonly taken: number;
  /** Times at which one should have been taken and was not, since this process did not run. */
  readonly missed: number;
  /** Start, in nanoseconds of the monotonic clock. */
  readonly startNs: number;
}

/** How it ended. */
export interface SendSummary extends TakingResult {
  readonly server: string;
  readonly clientId: string;
  /** Samples of earlier processes that waited in the spool at the start. */
  readonly found: number;
  /** Samples without an acknowledgement, of these or of those that were taken. */
  readonly waiting: number;
  /** Samples that found no room in the queue, since the start. */
  readonly dropped: number;
  readonly estimate: EstimateNotice | undefined;
  readonly isStopped: boolean;
}

const DEFAULT_COLUMNS = 80;

/** One line while it runs. */
export function progressText(sender: SampleSender, result: TakingResult, nowNs: number): string {
  const { waiting, estimate } = sender;
  return [
    formatDurationMs((nowNs - result.startNs) / 1e6),
    `${formatCount(result.taken)} taken`,
    `${formatCount(waiting)} waiting`,
    ...(result.missed > 0 ? [`${formatCount(result.missed)} missed`] : []),
    ...(estimate === undefined ? [] : [`clock off by ${formatOffset(estimate)}`]),
  ].join("  ");
}

/** The end for people. */
export function sendText(summary: SendSummary, columns = DEFAULT_COLUMNS): string {
  const { server, clientId, taken, found, waiting, dropped, missed, estimate } = summary;
  const parts = [
    `${clientId} to ${server}: ${formatCount(taken)} ${taken === 1 ? "sample" : "samples"} taken`,
    ...(found > 0 ? [`${formatCount(found)} found in the spool`] : []),
    `${formatCount(taken + found - waiting - dropped)} stored`,
    ...(waiting > 0 ? [`${formatCount(waiting)} without an acknowledgement`] : []),
    ...(dropped > 0 ? [`${formatCount(dropped)} dropped for want of room`] : []),
    ...(missed > 0 ? [`${formatCount(missed)} ${missed === 1 ? "tick" : "ticks"} missed`] : []),
  ];
  const lines = packLines(parts, { separator: ", ", indent: "", columns });
  lines.push(
    estimate === undefined
      ? "how far this clock is off is not known"
      : `this clock is off by ${formatOffset(estimate)}`,
  );
  return lines.map((line) => `${line}\n`).join("");
}

/** The end as one line of JSON. */
export function sendJson(summary: SendSummary): string {
  const { server, clientId, taken, found, waiting, dropped, missed, estimate, isStopped } = summary;
  return safeJson({
    type: "summary",
    server,
    clientId,
    taken,
    found,
    waiting,
    dropped,
    missed,
    isStopped,
    offsetUs: estimate?.offsetUs ?? null,
    boundUs: estimate?.boundUs ?? null,
    frequencyPpm: estimate === undefined ? null : estimate.frequencyPpb / 1000,
  });
}
