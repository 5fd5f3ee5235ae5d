import type { Clock } from "../../clock/clock.ts";

/** Time between two looks above which this process was stopped, or had no processor, in milliseconds. */
const STOPPED_MS = 5000;

/**
 * Time without that in which this process did nothing, so that nobody else is blamed for it. Who uses it
 * looks at it several times in a second, all the time.
 */
export class RunningTime {
  readonly #clock: Clock;
  #lastMs: number;
  #stoppedMs = 0;

  /** @param clock whose monotonic time goes on while the process is stopped */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastMs = clock.monotonicNs() / 1e6;
  }

  /** Milliseconds since an arbitrary start; never goes back. */
  nowMs(): number {
    const nowMs = this.#clock.monotonicNs() / 1e6;
    if (nowMs - this.#lastMs > STOPPED_MS) this.#stoppedMs += nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    return nowMs - this.#stoppedMs;
  }
}
