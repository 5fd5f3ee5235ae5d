/** How a {@linkcode RateMeter} begins. */
export interface RateMeterOptions {
  /** When counting begins, in milliseconds of any clock that never goes back. */
  readonly startMs: number;
  /** What is done already. @default {0} */
  readonly done?: number;
  /** How long until what happened counts half, in milliseconds. @default {5000} */
  readonly halfLifeMs?: number;
}

/** No rate is told before this long, in milliseconds: it would be noise. */
const WARM_UP_MS = 200;

/**
 * Rate of something that grows, weighted exponentially by age.
 *
 * Work and time are weighted apart and divided at the end: `rate = ∑ work·w / ∑ time·w`. So the
 * first estimates are the plain mean since the start and not drawn towards 0, and a constant rate
 * is met exactly however unevenly the updates come.
 */
export class RateMeter {
  readonly #tauMs: number;
  #done: number;
  #lastMs: number;
  /** Weighted work up to `#lastMs`. */
  #work = 0;
  /** Weighted time up to `#lastMs`, in milliseconds. */
  #timeMs = 0;
  /** Work that came at `#lastMs`, in no time. */
  #atOnce = 0;
  readonly #startMs: number;

  constructor({ startMs, done = 0, halfLifeMs = 5000 }: RateMeterOptions) {
    this.#startMs = startMs;
    this.#lastMs = startMs;
    this.#done = done;
    this.#tauMs = halfLifeMs / Math.LN2;
  }

  /** Tells how much is done by now. Less than before is a new beginning: nothing was done since. */
  update(done: number, nowMs: number): void {
    this.#atOnce += Math.max(0, done - this.#done);
    this.#done = done;
    const passedMs = nowMs - this.#lastMs;
    if (passedMs <= 0) return;
    const { work, timeMs } = this.#grown(passedMs);
    this.#work = work;
    this.#timeMs = timeMs;
    this.#lastMs = nowMs;
    this.#atOnce = 0;
  }

  /** Work a second as of now, falling while nothing comes; `undefined` when it is too early. */
  perSecond(nowMs: number): number | undefined {
    if (nowMs - this.#startMs < WARM_UP_MS) return undefined;
    const { work, timeMs } = this.#grown(Math.max(0, nowMs - this.#lastMs));
    return timeMs > 0 ? work / timeMs * 1000 : undefined;
  }

  /** Both sums after `passedMs` more, over which the work at hand is spread evenly. */
  #grown(passedMs: number): { readonly work: number; readonly timeMs: number } {
    const decay = Math.exp(-passedMs / this.#tauMs);
    const weightedMs = this.#tauMs * (1 - decay);
    const perMs = passedMs > 0 ? this.#atOnce / passedMs : 0;
    return {
      work: this.#work * decay + perMs * weightedMs,
      timeMs: this.#timeMs * decay + weightedMs,
    };
  }
}
