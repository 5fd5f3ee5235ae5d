/**
 * What is taken for granted about the two clocks. Every bound in this folder follows from these
 * figures and the four timestamps of each probe by arithmetic: while a machine keeps to them, the
 * truth is inside the bound, not just likely to be.
 */
export interface ClockLimits {
  /** How far one reading of the client's wall clock may be off from that clock, in microseconds. */
  readonly clientReadingErrorUs: number;
  /** The same for the server. */
  readonly serverReadingErrorUs: number;
  /** How fast the two clocks may run apart, in parts per million. */
  readonly maxDriftPpm: number;
  /**
   * How fast that rate itself may change, in parts per million per minute: temperature. A quartz
   * moves by about 0.04 ppm per kelvin squared away from 25 °C, so this is a machine that heats up
   * by some kelvins in a minute.
   */
  readonly wanderPpmPerMinute: number;
  /**
   * What the rate may change by at once, in parts per million: voltage, rounding of the kernel.
   * A daemon that slews a clock (`adjtime`) by tens of ppm or more breaks this, and no clock of
   * that machine shows it; the next burst does. With 500 here the bound holds through that too, but
   * grows by 500 us in each second since the last burst.
   */
  readonly frequencyJumpPpm: number;
}

/** Limits that ordinary computers keep; 500 ppm is what RFC 5905 (section 11.3) tolerates too. */
export const CLOCK_LIMITS: ClockLimits = {
  clientReadingErrorUs: 2,
  serverReadingErrorUs: 2,
  maxDriftPpm: 500,
  wanderPpmPerMinute: 2,
  frequencyJumpPpm: 0.2,
};
