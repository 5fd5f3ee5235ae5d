import type { Clock, Timer } from "../../clock/clock.ts";
import { MAX_UNCOMMITTED } from "../limits.ts";
import { FloodBucket } from "../moderation/flood_bucket.ts";

/** What a {@linkcode Pace} works with; one for all members. */
export interface PaceOptions {
  readonly clock: Clock;
  /** Frames per second that are taken in the long run; 0: no limit. */
  readonly perSecond: number;
}

/** What is asked of whom a {@linkcode Pace} is for. */
export interface Paced {
  /** From now on something waits. */
  onWaiting(): void;
  /** More waits than may. */
  onFlood(waiting: number): void;
}

/** How many frames are taken at once after a silence, in seconds of the rate. */
const BURST_S = 4;

/** For how long after a time away more may come at once, in milliseconds. */
const BONUS_MS = 60_000;

/** Most frames that are taken at once of somebody who was away. */
const MAX_BURST = 256;

/**
 * Takes what a member sends no faster than its rate. What is too fast waits, in order; what is sent
 * while something waits, waits behind it. At rest it holds no more than two numbers.
 */
export class Pace {
  readonly #options: PaceOptions;
  #bucket = new FloodBucket();
  readonly #paced: Paced;
  /** What may come at once for now: more than the usual burst after a time away. */
  #burst: number;
  readonly #bonusEndsMs: number;
  #waiting: (() => void)[] | undefined;
  #timer: Timer | undefined;

  /** @param awayMs for how long the member could not send, in milliseconds */
  constructor(options: PaceOptions, paced: Paced, awayMs: number) {
    this.#options = options;
    this.#paced = paced;
    const { clock, perSecond } = options;
    const burst = BURST_S * perSecond;
    const missed = awayMs === 0 ? 0 : Math.min(MAX_BURST, burst + perSecond * awayMs / 1000);
    this.#burst = Math.max(burst, missed);
    this.#bonusEndsMs = clock.monotonicNs() / 1e6 + BONUS_MS;
  }

  /** How much waits. */
  get waiting(): number {
    return this.#waiting?.length ?? 0;
  }

  /** Runs `step` now, or as soon as it may be. */
  run(step: () => void): void {
    if (this.#waiting === undefined && this.#take() === 0) return step();
    if (this.#waiting === undefined) {
      this.#waiting = [];
      this.#paced.onWaiting();
    }
    this.#waiting.push(step);
    if (this.#waiting.length > MAX_UNCOMMITTED) return this.#paced.onFlood(this.#waiting.length);
    if (this.#timer === undefined) this.#go();
  }

  /** Lets go of what waits: it was not taken. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#waiting = undefined;
  }

  #take(): number {
    const { clock, perSecond } = this.#options;
    if (perSecond === 0) return 0;
    const nowMs = clock.monotonicNs() / 1e6;
    const usual = { perSecond, burst: BURST_S * perSecond };
    const hasBonus = this.#burst > usual.burst;
    if (hasBonus && nowMs > this.#bonusEndsMs) this.#startAnew(usual.burst);
    const waitMs = this.#bucket.take(nowMs, { perSecond, burst: this.#burst });
    if (waitMs === 0 || !hasBonus) return waitMs;
    // Who was away has had its extra: from now on it is like others whose bucket is empty.
    this.#startAnew(usual.burst);
    this.#bucket.take(nowMs, usual, usual.burst);
    return this.#bucket.take(nowMs, usual);
  }

  /** A bucket of another size begins full. */
  #startAnew(burst: number): void {
    this.#burst = burst;
    this.#bucket = new FloodBucket();
  }

  #go(): void {
    this.#timer = undefined;
    for (let step; (step = this.#waiting?.[0]) !== undefined;) {
      const waitMs = this.#take();
      if (waitMs > 0) {
        this.#timer = this.#options.clock.after(waitMs, () => this.#go());
        return;
      }
      this.#waiting?.shift();
      step();
    }
    this.#waiting = undefined;
  }
}
