import type { Clock } from "../../clock/clock.ts";

/** For so long after a start many come back, in milliseconds. */
const START_MS = 60_000;

/**
 * The time right after a start, in which all who were here come back: others need to know who is
 * here, but nothing has happened that is worth a word. Who has left since then is not among them.
 */
export class Homecoming {
  readonly #clock: Clock;
  readonly #startedNs: number;
  /** Authors who have left a room since the start. */
  readonly #left = new Set<number>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedNs = clock.monotonicNs();
  }

  /** Whether the server has started just now. */
  get isOn(): boolean {
    if (this.#clock.monotonicNs() - this.#startedNs < START_MS * 1e6) return true;
    this.#left.clear();
    return false;
  }

  /** Others were told that somebody has left: coming back is news again. */
  noteLeft(author: number): void {
    if (this.isOn) this.#left.add(author);
  }

  /** Whether somebody who enters a room with a session from earlier comes home from before the start. */
  covers(author: number): boolean {
    return this.isOn && !this.#left.has(author);
  }
}
