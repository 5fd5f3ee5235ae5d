/**
 * Wall time in microseconds out of a wall clock that counts milliseconds and a monotonic clock that
 * counts nanoseconds.
 *
 * `Date.now()` follows the system clock but cuts off at the millisecond; `performance.timeOrigin +
 * performance.now()` is exact to a microsecond but stays where it was when the system clock is set.
 * Each reading `before <= wall < after + 1 ms` bounds the offset between the two. As long as the
 * bounds of all readings have a common part the offset stays inside it; when they have none, the
 * system clock was set, and the bounds start anew from the newest reading.
 */

/** Slack for the two clocks' own rounding, in microseconds. */
const ROUNDING_US = 2;

/** Keeps the offset between monotonic and wall time. Pure: it is told the readings. */
export class WallAnchor {
  #offsetUs: number;
  #lowUs = -Infinity;
  #highUs = Infinity;
  /** How often the system clock was set since the start. */
  steps = 0;

  /** @param offsetUs wall minus monotonic time at the start, in microseconds */
  constructor(offsetUs: number) {
    this.#offsetUs = offsetUs;
  }

  /**
   * Wall time in whole microseconds at the moment `monotonicUs` was read.
   *
   * @param beforeMs the wall clock in whole milliseconds, read just before `monotonicUs`
   * @param monotonicUs the monotonic clock in microseconds
   * @param afterMs the wall clock in whole milliseconds, read just after `monotonicUs`
   */
  wallUs(beforeMs: number, monotonicUs: number, afterMs: number): number {
    const low = beforeMs * 1000 - monotonicUs;
    const high = Math.max(low, afterMs * 1000 - monotonicUs) + 1000;
    this.#lowUs = Math.max(this.#lowUs, low);
    this.#highUs = Math.min(this.#highUs, high);
    if (this.#lowUs > this.#highUs + ROUNDING_US) {
      this.#lowUs = low;
      this.#highUs = high;
      this.steps++;
    }
    if (this.#offsetUs < this.#lowUs - ROUNDING_US) this.#offsetUs = this.#lowUs;
    else if (this.#offsetUs > this.#highUs + ROUNDING_US) this.#offsetUs = this.#highUs;
    return Math.floor(monotonicUs + this.#offsetUs);
  }
}
