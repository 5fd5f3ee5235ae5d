/**
 * Between which limits the rate of one clock against the other must lie: hard limits, not
 * confidence. Two intervals that hold the true offset at two times bound the mean rate between them;
 * how much the rate may have changed since is a {@linkcode ClockLimits}. The common part of what all
 * pairs say is the answer (the convex hull of Moon, Skelly and Towsley, INFOCOM 1999, for a rate
 * that may change).
 */
import type { ClockLimits } from "./clock_limits.ts";
import type { ProbeReading } from "./probe.ts";

/** Limits of a rate, in parts per million. `lowPpm` above `highPpm`: nothing fits. */
export interface FrequencyRange {
  /** Not slower than this. */
  readonly lowPpm: number;
  /** Not faster than this. */
  readonly highPpm: number;
}

/**
 * Where the rate lies at the newest of `readings`, which are in the order of time and all of one
 * segment. Pure.
 */
export function frequencyRange(
  readings: readonly ProbeReading[],
  limits: ClockLimits,
): FrequencyRange {
  const { maxDriftPpm, frequencyJumpPpm } = limits;
  const wanderPpmPerUs = limits.wanderPpmPerMinute / 60e6;
  const nowUs = readings.at(-1)?.atUs ?? 0;
  let lowPpm = -maxDriftPpm;
  let highPpm = maxDriftPpm;
  for (let j = 1; j < readings.length; j++) {
    const later = readings[j] as ProbeReading;
    for (let i = 0; i < j; i++) {
      const earlier = readings[i] as ProbeReading;
      const apartUs = later.atUs - earlier.atUs;
      if (!(apartUs > 0)) continue;
      const meanPpm = (later.offsetUs - earlier.offsetUs) / apartUs * 1e6;
      const agoUs = nowUs - earlier.atUs - apartUs / 2;
      const errorPpm = (later.halfWidthUs + earlier.halfWidthUs) / apartUs * 1e6 +
        frequencyJumpPpm + wanderPpmPerUs * agoUs;
      if (meanPpm - errorPpm > lowPpm) lowPpm = meanPpm - errorPpm;
      if (meanPpm + errorPpm < highPpm) highPpm = meanPpm + errorPpm;
    }
  }
  return { lowPpm, highPpm };
}
