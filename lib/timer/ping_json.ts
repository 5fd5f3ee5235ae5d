/** What `tram timer ping --json` says at the end: one object, always with the same members. */
import { safeJson } from "../terminal/safe_text.ts";
import { type Distribution, DISTRIBUTIONS } from "./measurement.ts";
import type { LatencySummary } from "./latencies.ts";
import type { PingResult } from "./ping_result.ts";

const wholeOrNull = (ns: number | undefined) => ns === undefined ? null : Math.round(ns);

function summaryJson({ count, minNs, meanNs, maxNs, percentiles }: LatencySummary) {
  return {
    count,
    minNs: wholeOrNull(minNs),
    meanNs: wholeOrNull(meanNs),
    maxNs: wholeOrNull(maxNs),
    percentiles: percentiles.map(({ percentile, ns }) => ({ percentile, ns: wholeOrNull(ns) })),
  };
}

/** The run as one line of JSON. Times are whole nanoseconds; what is not known is `null`. */
export function pingJson(result: PingResult): string {
  const { settings, end, reason, counts, measured, missing, measurement } = result;
  const { distributions, meanStepNs } = measurement;
  const { slow, lostNs, culprit, stops } = measurement.blame.summary();
  const { service } = distributions;
  const missingOf: { readonly [name in Distribution]?: number } = {
    response: missing,
    service: result.writtenMissing,
  };
  const whole = <T extends object>(times: T) =>
    Object.fromEntries(Object.entries(times).map(([name, ns]) => [name, Math.round(ns)]));
  return safeJson({
    type: "summary",
    ...settings,
    ratePerSecond: settings.ratePerSecond ?? null,
    end,
    reason: reason ?? null,
    ...counts,
    measured,
    missing,
    elapsedNs: Math.round(result.elapsedNs),
    perSecond: result.perSecond === undefined ? null : Math.round(result.perSecond * 1000) / 1000,
    isRateReached: result.isRateReached ?? null,
    isClientLimited: result.isClientLimited,
    ...Object.fromEntries(DISTRIBUTIONS.map((name) => {
      return [name, summaryJson(distributions[name].summary(missingOf[name]))];
    })),
    jitter: {
      meanStepNs: wholeOrNull(meanStepNs),
      p50ToP95Ns: service.count === 0 ? null : service.valueAt(95) - service.valueAt(50),
    },
    blame: {
      culprit: culprit ?? null,
      slow,
      lostNs: whole(lostNs),
      stops: { client: whole(stops.client), server: whole(stops.server) },
    },
  });
}
