/**
 * A token bucket: up to one second's worth at once, refilled evenly. Pure: it is told the time.
 */
export class RateLimit {
  readonly perSecond: number;
  #tokens: number;
  #lastNs: number;

  /** @param perSecond how many per second are allowed; `Infinity` for no limit */
  constructor(perSecond: number, nowNs: number) {
    this.perSecond = perSecond;
    this.#tokens = perSecond;
    this.#lastNs = nowNs;
  }

  /** Takes `count` from the bucket at `nowNs`; false when there were fewer in it. */
  take(count: number, nowNs: number): boolean {
    if (this.perSecond === Infinity) return true;
    const refill = (nowNs - this.#lastNs) / 1e9 * this.perSecond;
    this.#lastNs = nowNs;
    this.#tokens = Math.min(this.perSecond, this.#tokens + refill) - count;
    return this.#tokens >= 0;
  }
}
