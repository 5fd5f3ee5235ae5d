/** What `tram timer ping` says at the end to people. */
import { formatBars } from "../terminal/bars.ts";
import { formatBytes } from "../terminal/format_bytes.ts";
import { formatCount } from "../terminal/format_count.ts";
import { formatDurationMs } from "../terminal/format_duration_ms.ts";
import { formatRate } from "../terminal/format_rate.ts";
import { formatNs } from "../terminal/format_ns.ts";
import { packLines } from "../terminal/pack.ts";
import { safeText } from "../terminal/safe_text.ts";
import type { Style } from "../terminal/style.ts";
import { wrapText } from "../terminal/wrap_text.ts";
import type { LoadEnd } from "./load.ts";
import { latencyBars } from "./latency_bars.ts";
import { distributionTable } from "./distribution_table.ts";
import type { PingResult } from "./ping_result.ts";
import { blameLines } from "./blame_text.ts";

const ENDINGS: Readonly<Record<LoadEnd, string>> = {
  "done": "",
  "server-left": "stopped: the server is leaving",
  "line-lost": "stopped: the connection ended",
  "stopped": "stopped by you",
};

/** Where lines that are not tables are broken when nobody has said how wide the terminal is. */
const DEFAULT_COLUMNS = 80;

function settingsParts({ settings }: PingResult): string[] {
  const { server, ratePerSecond, clients, inFlight, sizeBytes, warmupNs } = settings;
  return [
    server,
    ratePerSecond === undefined ? "closed loop" : `open loop at ${formatRate(ratePerSecond)}`,
    clients === 1 ? "1 client" : `${formatCount(clients)} clients`,
    `${formatCount(inFlight)} in flight${clients === 1 ? "" : " each"}`,
    formatBytes(sizeBytes),
    warmupNs === 0 ? "no warm-up" : `after ${formatDurationMs(warmupNs / 1e6)} of warm-up`,
  ];
}

function countParts({ counts, perSecond, settings }: PingResult): string[] {
  const { sent, answered, lost, late, unanswered, unsent, ...odd } = counts;
  const some = (count: number, what: string) =>
    count === 0 ? [] : [`${formatCount(count)} ${what}`];
  return [
    `${formatCount(sent)} sent`,
    `${formatCount(answered)} answered`,
    `${formatCount(lost)} lost`,
    ...some(late, `late (after ${formatDurationMs(settings.timeoutMs)})`),
    ...some(unanswered, "unanswered"),
    ...some(unsent, "never sent"),
    ...some(odd.duplicated, "duplicated"),
    ...some(odd.reordered, "reordered"),
    ...some(odd.unexpected, "unexpected"),
    ...(perSecond === undefined ? [] : [formatRate(perSecond).replace("/s", " per second")]),
  ];
}

function reasonText({ reason }: PingResult): string {
  if (reason === undefined) return "";
  const { code, message } = reason;
  return ` (${safeText(message === "" ? code : `${code}: ${message}`)})`;
}

function jitterText({ measurement }: PingResult): string {
  const { meanStepNs, distributions: { service } } = measurement;
  if (meanStepNs === undefined) return "";
  const spreadNs = service.valueAt(95) - service.valueAt(50);
  return `jitter of the round trip: ${formatNs(meanStepNs)} from one to the next, ` +
    `${formatNs(spreadNs)} from p50 to p95`;
}

/** Whether slow answers waited for a side that did not run: more requests at a time do not help. */
function hasStopped({ measurement }: PingResult): boolean {
  const { culprit, stops } = measurement.blame.summary();
  return culprit !== undefined && culprit !== "path" && stops[culprit].count > 0;
}

function warnings(result: PingResult): string[] {
  const { settings, isRateReached, isClientLimited, perSecond, measurement } = result;
  const lines: string[] = [];
  if (result.end === "done" && result.measured === 0) {
    lines.push("nothing was measured: the time was over before a request could be sent");
  }
  if (isRateReached === false) {
    const reached = perSecond === undefined
      ? `${formatCount(result.measured)} sent instead`
      : formatRate(perSecond);
    const advice = hasStopped(result) ? "" : "; more --in-flight or --clients may help";
    lines.push(
      `rate not reached: ${reached} of ${formatRate(settings.ratePerSecond ?? 0)}${advice}`,
    );
  }
  if (isClientLimited) {
    const { lateness, response } = measurement.distributions;
    lines.push(
      `client-limited: this machine sent up to ${formatNs(lateness.valueAt(99))} late (p99), ` +
        `more than a tenth of the median response of ${formatNs(response.valueAt(50))}`,
    );
  }
  return lines;
}

/**
 * The run for people.
 *
 * @param columns width of the terminal, `undefined` when there is none
 */
export function pingText(result: PingResult, columns: number | undefined, style: Style): string {
  const width = columns ?? DEFAULT_COLUMNS;
  const packing = { separator: ", ", indent: "", columns: width };
  const lines = [
    ...packLines(settingsParts(result), packing),
    ...packLines(countParts(result), packing),
  ];
  if (ENDINGS[result.end] !== "") {
    lines.push(...wrapText(ENDINGS[result.end] + reasonText(result), width));
  }
  lines.push("", ...distributionTable(result, columns, style), "");
  const remarks = [jitterText(result), ...blameLines(result.measurement.blame.summary())];
  for (const remark of remarks.filter((text) => text !== "")) {
    lines.push(...wrapText(remark, width));
  }
  for (const warning of warnings(result)) lines.push(...wrapText(warning, width).map(style.yellow));
  const { response } = result.measurement.distributions;
  if (response.count > 0) {
    lines.push("", ...formatBars(latencyBars(response.recorded()), width));
  }
  return lines.map((line) => `${line}\n`).join("");
}
