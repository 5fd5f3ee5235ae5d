/** What `tram timer ping` says at the end: for people, and as one JSON object. */
import { formatBars } from "../terminal/bars.ts";
import { formatNs } from "../terminal/format_ns.ts";
import { packLines } from "../terminal/pack.ts";
import { safeJson, safeText } from "../terminal/safe_text.ts";
import type { LoopEnd } from "./closed_loop.ts";
import type { Latencies, LatencySummary } from "./latencies.ts";

/** A finished run. */
export interface PingResult {
  /** `host:port` of the server. */
  readonly server: string;
  readonly end: LoopEnd;
  /** Why the connection ended, when it did. */
  readonly reason?: { readonly code: string; readonly message: string } | undefined;
  readonly sent: number;
  readonly answered: number;
  readonly unexpected: number;
  readonly elapsedNs: number;
  /** Mean difference between one round trip and the next, in nanoseconds (RFC 5481: IPDV). */
  readonly meanStepNs: number | undefined;
  readonly roundTrips: Latencies;
  readonly gaps: Latencies;
}

const ENDINGS: Readonly<Record<LoopEnd, string>> = {
  "done": "",
  "no-answer": "stopped: the server did not answer in time",
  "line-lost": "stopped: the connection ended",
  "stopped": "stopped by you",
};

function summaryJson(summary: LatencySummary): Record<string, unknown> {
  return {
    count: summary.count,
    minNs: summary.minNs ?? null,
    meanNs: summary.meanNs === undefined ? null : Math.round(summary.meanNs),
    maxNs: summary.maxNs ?? null,
    percentiles: summary.percentiles,
  };
}

/** The run as one line of JSON. */
export function pingJson(result: PingResult): string {
  const { server, end, sent, answered, unexpected, elapsedNs, meanStepNs } = result;
  return safeJson({
    type: "summary",
    server,
    end,
    reason: result.reason ?? null,
    sent,
    answered,
    unanswered: sent - answered,
    unexpected,
    elapsedNs: Math.round(elapsedNs),
    meanStepNs: meanStepNs === undefined ? null : Math.round(meanStepNs),
    roundTrip: summaryJson(result.roundTrips.summary()),
    serverGap: summaryJson(result.gaps.summary()),
  });
}

function summaryLines(title: string, summary: LatencySummary, columns: number): string[] {
  const { count, minNs, meanNs, maxNs, percentiles } = summary;
  if (minNs === undefined || meanNs === undefined || maxNs === undefined) return [`${title}: none`];
  const figures = [`min ${formatNs(minNs)}`, `mean ${formatNs(meanNs)}`, `max ${formatNs(maxNs)}`];
  const packing = { separator: "  ", indent: "  ", columns };
  return [
    `${title}: ${count}`,
    ...packLines(figures, packing),
    ...packLines(percentiles.map((p) => `p${p.percentile} ${formatNs(p.ns)}`), packing),
  ];
}

function reasonText({ reason }: PingResult): string {
  if (reason === undefined) return "";
  const { code, message } = reason;
  return ` (${safeText(message === "" ? code : `${code}: ${message}`)})`;
}

/** The run for people, in lines of at most `columns`. */
export function pingText(result: PingResult, columns: number): string {
  const { server, end, sent, answered, unexpected, elapsedNs, meanStepNs } = result;
  const perSecond = elapsedNs > 0 ? Math.round(answered / elapsedNs * 1e9) : 0;
  const counts = [
    `${server}: ${sent} sent`,
    `${answered} answered`,
    `${sent - answered} unanswered`,
    ...(unexpected > 0 ? [`${unexpected} unexpected`] : []),
    `${perSecond} per second`,
  ];
  const lines = packLines(counts, { separator: ", ", indent: "", columns });
  if (ENDINGS[end] !== "") lines.push(ENDINGS[end] + reasonText(result));
  const roundTrip = result.roundTrips.summary();
  lines.push("", ...summaryLines("round trips", roundTrip, columns));
  if (meanStepNs !== undefined) lines.push(`  jitter (mean step) ${formatNs(meanStepNs)}`);
  lines.push("", ...summaryLines("gaps seen by the server", result.gaps.summary(), columns));
  if (roundTrip.count > 0) {
    lines.push("", ...formatBars(result.roundTrips.bars(), columns));
  }
  return lines.map((line) => `${line}\n`).join("");
}
