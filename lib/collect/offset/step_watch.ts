/**
 * Notices that this machine's own wall clock was set, by comparing it with the monotonic clock. A
 * clock that is slewed (`adjtime`, ntpd: up to 500 ppm) is not set: that much is allowed for the
 * time since the last check, and does not add up. So a step is only seen when it is larger than what
 * slewing could have done since: check often, best at each timestamp that is taken, and first of all
 * after waking up, for a clock that is set during a sleep looks like a longer or shorter sleep.
 */
import type { ClockStep } from "./clock_step.ts";

/** Options of {@linkcode StepWatch}. */
export interface StepWatchOptions {
  /**
   * How fast a wall clock may be slewed, in parts per million.
   * @default {500}
   */
  readonly maxSlewPpm?: number;
}

/** A shorter leap is no suspend, in microseconds: going to sleep and waking up takes longer. */
const MIN_SUSPEND_US = 500_000;

/** Watches the clocks of one machine. */
export class StepWatch {
  /** How many steps were seen. */
  steps = 0;
  readonly #maxSlewPpm: number;
  #wallUs = NaN;
  #monotonicUs = NaN;
  #errorUs = 0;

  /** Begins with the first check. */
  constructor(options: StepWatchOptions = {}) {
    this.#maxSlewPpm = options.maxSlewPpm ?? 500;
  }

  /**
   * Compares two readings taken one right after the other with those before.
   *
   * @param errorUs how far apart in time the two may have been taken, and how coarse they are, in
   *   microseconds; a pair that something came between may say so
   */
  check(wallUs: number, monotonicNs: number, errorUs = 2): ClockStep | undefined {
    const monotonicUs = monotonicNs / 1000;
    const passedUs = monotonicUs - this.#monotonicUs;
    const leapUs = wallUs - this.#wallUs - passedUs;
    const slackUs = errorUs + this.#errorUs + this.#maxSlewPpm * passedUs / 1e6;
    this.#wallUs = wallUs;
    this.#monotonicUs = monotonicUs;
    this.#errorUs = errorUs;
    if (!(Math.abs(leapUs) > slackUs)) return undefined; // NaN at the first call
    this.steps++;
    return {
      wallUs,
      sizeUs: Math.round(leapUs),
      errorUs: Math.ceil(slackUs),
      withinUs: Math.ceil(passedUs),
      mayBeSuspend: leapUs >= MIN_SUSPEND_US,
    };
  }
}
