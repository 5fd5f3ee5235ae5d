import type { FakeClock } from "../../../lib/clock/fake_clock.ts";

/** A stretch of true time in which nothing was done to a clock. */
export interface ClockPiece {
  /** Where it begins, in nanoseconds of true time. */
  readonly fromNs: number;
  /** What the wall clock showed there, in microseconds since 1970, not cut off. */
  readonly wallUs: number;
  /** How much of its own time passes in one of true time. */
  readonly rate: number;
}

/**
 * The clocks of a machine: monotonic time, which may run too fast, and wall time, which goes with it and
 * is set now and then. The fake clock shows true time.
 */
export class SimClock {
  /** All that was ever done to it, oldest first: what it showed at any moment follows. */
  readonly pieces: ClockPiece[] = [];
  readonly #truth: FakeClock;
  #ppm: number;
  /** True and own time at the moment when the rate was last changed. */
  #sinceNs: number;
  #ownNs: number;
  #wallOffsetUs: number;

  /**
   * @param offsetUs how far the wall clock is ahead
   * @param ppm by how many millionths both clocks run too fast
   */
  constructor(truth: FakeClock, offsetUs: number, ppm: number) {
    this.#truth = truth;
    this.#ppm = ppm;
    this.#sinceNs = truth.monotonicNs();
    this.#ownNs = 0;
    this.#wallOffsetUs = truth.wallUs() + offsetUs;
    this.#note();
  }

  /** Nanoseconds since it was made. */
  monotonicNs(): number {
    return Math.floor(this.#exactNs());
  }

  /** What the system's clock shows, in microseconds since 1970. */
  wallUs(): number {
    return Math.floor(this.exactWallUs());
  }

  /** The same, not cut off at the microsecond. */
  exactWallUs(): number {
    return this.#wallOffsetUs + this.#exactNs() / 1000;
  }

  /** True time that passes while this clock moves on by `ownMs`. */
  trueMs(ownMs: number): number {
    return ownMs / (1 + this.#ppm / 1e6);
  }

  /** Sets the wall clock. */
  step(byUs: number): void {
    this.#wallOffsetUs += byUs;
    this.#note();
  }

  /** From now on it runs at another rate. */
  drift(ppm: number): void {
    this.#ownNs = this.#exactNs();
    this.#sinceNs = this.#truth.monotonicNs();
    this.#ppm = ppm;
    this.#note();
  }

  #note(): void {
    const fromNs = this.#truth.monotonicNs();
    this.pieces.push({ fromNs, wallUs: this.exactWallUs(), rate: 1 + this.#ppm / 1e6 });
  }

  #exactNs(): number {
    return this.#ownNs + (this.#truth.monotonicNs() - this.#sinceNs) * (1 + this.#ppm / 1e6);
  }
}
