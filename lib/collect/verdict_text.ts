/** Verdicts of a report in words. Pure. */
import { formatCount } from "../terminal/format_count.ts";
import { formatDurationMs } from "../terminal/format_duration_ms.ts";
import { formatNs } from "../terminal/format_ns.ts";
import { formatTimeUs } from "./format_time_us.ts";
import type { ReportReason, ReportVerdict } from "./report_verdict.ts";

/** Overlap that a line can have which died without anybody noticing, in microseconds. */
const UNNOTICED_US = 20_000_000;

const SHORT: Readonly<Record<ReportReason["kind"], string>> = {
  "id used twice": "id used twice",
  "no probes": "clock unknown",
  "too few probes": "too few probes",
  "step": "step seen",
  "unstable path": "unstable path",
  "frequency jump": "rate jumped",
  "far off": "clock far off",
  "bad probes": "bad probes",
  "gaps": "gaps",
  "silent": "silent",
};

const us = (value: number) => formatNs(value * 1000);

function timesText(times: number): string {
  return times === 1 ? "once" : `${formatCount(times)} times`;
}

function countText(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? "" : "s"}`;
}

function stepText(step: ReportReason & { readonly kind: "step" }): string {
  const { side, sizeUs, atUs, mayBeSuspend, times } = step;
  const atMs = Math.abs(Math.round(atUs)) <= Number.MAX_SAFE_INTEGER
    ? ` at ${formatTimeUs(Math.round(atUs)).replace(/\.\d+Z$/, "Z")}`
    : "";
  const often = times > 1 ? ` (${timesText(times)}, this is the newest)` : "";
  const size = us(Math.abs(sizeUs));
  if (side === "unknown") return `a clock jumped by ${size}${atMs}, and nobody said so${often}`;
  const direction = sizeUs < 0 ? "back" : "forward";
  const sleep = mayBeSuspend ? ", or its machine slept" : "";
  return `the ${side}'s clock was set ${direction} by ${size}${atMs}${sleep}${often}`;
}

/** One reason as a part of a sentence. */
export function reasonText(reason: ReportReason): string {
  switch (reason.kind) {
    case "id used twice": {
      const { overlaps, forUs } = reason;
      const span = formatDurationMs(forUs / 1000);
      const other = forUs <= UNNOTICED_US
        ? " (or one came back before its dead line was noticed)"
        : "";
      return overlaps === 1
        ? `two senders had this id at the same time for ${span}${other}`
        : `senders had this id at the same time ${timesText(overlaps)}, up to ${span}${other}`;
    }
    case "no probes":
      return "how far its clock is off is not known: no probe was answered";
    case "too few probes":
      return `only ${countText(reason.probes, "probe")}, wanted ${reason.needed}`;
    case "step":
      return stepText(reason);
    case "unstable path":
      return `the delay is ${us(reason.usualDelayUs)} as a rule and ${us(reason.leastDelayUs)} ` +
        "at best, so the bound is wide";
    case "frequency jump":
      return `a clock changed its rate faster than clocks do, ${timesText(reason.times)}`;
    case "far off":
      return `its clock is ${us(Math.abs(reason.offsetUs))} ` +
        `${reason.offsetUs < 0 ? "ahead" : "behind"}`;
    case "bad probes":
      return `${countText(reason.times, "probe")} made no sense`;
    case "gaps":
      return [
        ...(reason.lost > 0 ? [`${countText(reason.lost, "sample")} lost`] : []),
        ...(reason.lostBefore > 0 ? [`${formatCount(reason.lostBefore)} lost in runs before`] : []),
      ].join(", ");
    case "silent":
      return `not seen for ${formatDurationMs(reason.ageUs / 1000)}, and it did not say goodbye`;
  }
}

/** A verdict in a few words: `ok`, `step seen, silent`. */
export function verdictText({ trust, reasons }: ReportVerdict): string {
  if (reasons.length > 0) return reasons.map(({ kind }) => SHORT[kind]).join(", ");
  return trust === "ok" ? "ok" : "doubtful";
}
