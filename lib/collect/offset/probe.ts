/**
 * One exchange of four timestamps: what it says about the offset between the two clocks, how sure
 * that is, and why it may be no use at all. The formulas are those of RFC 5905, section 8.
 */
import type { ClockLimits } from "./clock_limits.ts";

/** Longest delay of a probe that is used, in microseconds; a bound of half of it helps nobody. */
const MAX_DELAY_US = 16_000_000;

/** Four wall times, in whole microseconds since 1970. */
export interface Probe {
  /** The client sends; client's clock. */
  readonly t1: number;
  /** The server receives; server's clock. */
  readonly t2: number;
  /** The server answers; server's clock. */
  readonly t3: number;
  /** The client receives; client's clock. */
  readonly t4: number;
}

/** What a usable probe says. */
export interface ProbeReading {
  /** The middle of the exchange on the client's clock, in microseconds since 1970. */
  readonly atUs: number;
  /** Server minus client, if both ways took the same time, in microseconds. */
  readonly offsetUs: number;
  /** Time on the path, there and back, in microseconds; never below 0. */
  readonly delayUs: number;
  /**
   * The true offset at `atUs` is within this of `offsetUs`, however the delay is divided between
   * there and back: half the delay, the reading errors, and what the clocks may drift meanwhile.
   */
  readonly halfWidthUs: number;
}

/** Why a probe is of no use. */
export type ProbeFault =
  | "not a time"
  | "reply before request"
  | "answered before received"
  | "negative delay"
  | "delay too long";

/** Reads a probe, or says what is wrong with it. Pure. */
export function measureProbe(probe: Probe, limits: ClockLimits): ProbeReading | ProbeFault {
  const { t1, t2, t3, t4 } = probe;
  if (![t1, t2, t3, t4].every(Number.isSafeInteger)) return "not a time";
  if (t4 < t1) return "reply before request";
  if (t3 < t2) return "answered before received";
  const roundTripUs = t4 - t1;
  const rawDelayUs = roundTripUs - (t3 - t2);
  const readingErrorUs = limits.clientReadingErrorUs + limits.serverReadingErrorUs;
  const driftUs = roundTripUs * limits.maxDriftPpm / 1e6;
  // The clocks run at different rates, so a long stay at the server may seem longer than the whole.
  if (rawDelayUs < -(2 * readingErrorUs + driftUs)) return "negative delay";
  if (rawDelayUs > MAX_DELAY_US) return "delay too long";
  const delayUs = Math.max(0, rawDelayUs);
  return {
    atUs: t1 + roundTripUs / 2,
    offsetUs: ((t2 - t1) + (t3 - t4)) / 2,
    delayUs,
    halfWidthUs: delayUs / 2 + readingErrorUs + driftUs / 2,
  };
}
