/**
 * Notices that this process did not run for a while: it was stopped, swapped out, or kept busy. Pure:
 * it is told the time, at least every {@linkcode ALIVE_INTERVAL_MS}, and when it was not told for
 * longer, nothing ran.
 */

/** How often a process that runs says so, in milliseconds. */
export const ALIVE_INTERVAL_MS = 10;

/** Shortest silence that counts as a stop, in nanoseconds: a timer may well be a few ms late. */
const SHORTEST_STOP_NS = 25e6;

/** A time in which a process did not run, in nanoseconds of its monotonic clock. */
export interface Stop {
  readonly fromNs: number;
  readonly toNs: number;
}

/** Watches one process. */
export class StopWatch {
  /** How long all stops lasted together, in nanoseconds. */
  totalNs = 0;
  #aliveNs: number;

  /** @param nowNs the monotonic clock */
  constructor(nowNs: number) {
    this.#aliveNs = nowNs;
  }

  /** Nobody was watching until `nowNs`: the time before does not count. */
  restart(nowNs: number): void {
    this.#aliveNs = nowNs;
  }

  /** The process runs at `nowNs`; says for how long it did not, if so. */
  alive(nowNs: number): Stop | undefined {
    const fromNs = this.#aliveNs;
    this.#aliveNs = nowNs;
    if (nowNs - fromNs < SHORTEST_STOP_NS) return undefined;
    this.totalNs += nowNs - fromNs;
    return { fromNs, toNs: nowNs };
  }
}
