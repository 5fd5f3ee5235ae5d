/** Least time between two reports of one transfer, in nanoseconds. */
const PACE_NS = 250e6;

/** Says when it is time to report progress: at most four times a second. Pure: it is told the time. */
export class ProgressPace {
  #lastNs: number;

  /** Begins with a pause. */
  constructor(nowNs: number) {
    this.#lastNs = nowNs;
  }

  /** Whether it is time. */
  isDue(nowNs: number): boolean {
    if (nowNs - this.#lastNs < PACE_NS) return false;
    this.#lastNs = nowNs;
    return true;
  }
}
