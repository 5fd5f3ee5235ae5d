import type { ClockLimits } from "./clock_limits.ts";
import type { FitPoint } from "./fit_line.ts";
import type { ProbeReading } from "./probe.ts";

/**
 * Winners as points around the newest. The more delay one has than the fastest, the more it may be
 * off; the first quartile stands for what the fastest is off itself, so that a majority on a slow
 * path does not pass for exact. Pure.
 */
export function spreadPoints(
  readings: readonly ProbeReading[],
  newest: ProbeReading,
  limits: ClockLimits,
): FitPoint[] {
  const delays = Float64Array.from(readings, ({ delayUs }) => delayUs).sort();
  const leastUs = delays[0] ?? 0;
  const quartileUs = delays[delays.length >> 2] ?? 0;
  const typicalUs = limits.clientReadingErrorUs + limits.serverReadingErrorUs +
    (quartileUs - leastUs) / 2;
  return readings.map(({ atUs, offsetUs, delayUs }) => ({
    x: atUs - newest.atUs,
    y: offsetUs - newest.offsetUs,
    spread: typicalUs + (delayUs - leastUs) / 2,
  }));
}
