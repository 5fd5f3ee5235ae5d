/**
 * Paces what one member sends: a token bucket, kept as one number (the generic cell rate algorithm,
 * ITU-T I.371). Pure: timestamps come in; nothing is held that a thousand idle members would pay for.
 */

/** How much may come. */
export interface FloodRate {
  /** How many are taken per second, in the long run; 0: no limit. */
  readonly perSecond: number;
  /** How many are taken at once after a silence. */
  readonly burst: number;
}

/** What one member has left. */
export class FloodBucket {
  /** When the bucket is full again, in milliseconds of the clock that the caller reads. */
  #fullAtMs = -Infinity;

  /**
   * Takes `cost` out of the bucket, if there is as much.
   *
   * @param nowMs monotonic time, in milliseconds
   * @param rate may be another one each time; what was taken beyond a smaller burst is forgotten, so
   * that nobody who was let through once pays for it later
   * @param cost a cost above the burst counts as the burst, so that it comes through some day
   * @returns 0 when it was taken; else in how many milliseconds it can be, and nothing was taken
   */
  take(nowMs: number, { perSecond, burst }: FloodRate, cost = 1): number {
    if (perSecond === 0) return 0;
    const oneMs = 1000 / perSecond;
    const most = Math.max(1, burst);
    const fullAtMs = Math.min(Math.max(this.#fullAtMs, nowMs), nowMs + most * oneMs);
    const thenMs = fullAtMs + Math.min(cost, most) * oneMs;
    const waitMs = thenMs - (nowMs + most * oneMs);
    const isTaken = waitMs <= TOLERANCE_MS;
    this.#fullAtMs = isTaken ? thenMs : fullAtMs; // of a smaller burst now, if it was made smaller
    return isTaken ? 0 : waitMs;
  }
}

/** What sums of fractions may be off: who waits exactly as long as told is not told to wait again. */
const TOLERANCE_MS = 1e-3;
