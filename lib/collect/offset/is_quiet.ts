import type { Segment } from "./segment.ts";

/** Winners that must be there before a client counts as quiet. */
const MIN_READINGS = 3;

/** A distance from the line of so many times the usual one is a surprise. */
const SURPRISE = 4;

/** Changes of the delay below this are nothing to hurry for, in microseconds. */
const SMALL_DELAY_US = 200;

/**
 * Whether the newest burst of a segment was as expected: on the line, and with a delay no larger
 * than twice the usual one. If not, the next burst should come soon. Pure.
 */
export function isQuiet(segment: Segment): boolean {
  const { readings } = segment;
  const newest = readings.at(-1);
  if (newest === undefined || readings.length < MIN_READINGS) return false;
  const recent = readings.slice(-8).map(({ delayUs }) => delayUs).sort((a, b) => a - b);
  const usualUs = recent[recent.length >> 1] ?? 0;
  if (newest.delayUs > 2 * usualUs + SMALL_DELAY_US) return false;
  return segment.surprise <= SURPRISE;
}
