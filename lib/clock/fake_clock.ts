/**
 * A clock for tests: it stands still until it is told to move, so that a test of a heartbeat of
 * five seconds takes a microsecond and gives the same result each time.
 */
import type { Clock, Timer } from "./clock.ts";
import { turn } from "./turn.ts";

interface Pending extends Timer {
  readonly dueNs: number;
  readonly run: () => void;
}

/** How a clock made by {@linkcode FakeClock.skewedBy} differs from its parent. */
export interface Skew {
  /** Added to wall time, in microseconds. @default {0} */
  readonly offsetUs?: number;
  /** How much faster its wall time runs, in parts per million. @default {0} */
  readonly driftPpm?: number;
}

/** Waits until everything has run that can run without time passing. */
export const settle: () => Promise<void> = turn;

/** How long `runUntil` waits for what takes no time of the clock: a module or file that is read. */
const MAX_IDLE_TURNS = 1000;

/** A clock that moves only inside `advance` and `runUntil`. */
export class FakeClock implements Clock {
  #nowNs = 0;
  #wallStartUs: number;
  /** Sorted by due time, then by when it was asked for. */
  readonly #pending: Pending[] = [];

  /**
   * A clock that stands still.
   *
   * @param wallUs wall time at the start, in microseconds since 1970
   */
  constructor(wallUs = 1_700_000_000_000_000) {
    this.#wallStartUs = wallUs;
  }

  monotonicNs(): number {
    return this.#nowNs;
  }

  wallUs(): number {
    return this.#wallStartUs + Math.floor(this.#nowNs / 1000);
  }

  after(delayMs: number, run: () => void): Timer {
    const dueNs = Math.ceil(this.#nowNs + Math.max(0, delayMs) * 1e6); // never early
    const pending: Pending = { dueNs, run, cancel: () => this.#remove(pending) };
    let at = this.#pending.length;
    while (at > 0 && (this.#pending[at - 1]?.dueNs ?? 0) > dueNs) at--;
    this.#pending.splice(at, 0, pending);
    return pending;
  }

  /** How many calls are pending. */
  get pendingTimers(): number {
    return this.#pending.length;
  }

  /** Moves wall time by `byUs` microseconds, as somebody who sets the system clock does. */
  stepWall(byUs: number): void {
    this.#wallStartUs += byUs;
  }

  /** A clock on the same time line whose wall time is off, for the other end of a connection. */
  skewedBy(skew: Skew): Clock {
    const { offsetUs = 0, driftPpm = 0 } = skew;
    return {
      monotonicNs: () => this.#nowNs,
      wallUs: () => this.wallUs() + offsetUs + Math.floor(this.#nowNs / 1000 * driftPpm / 1e6),
      after: (delayMs, run) => this.after(delayMs, run),
    };
  }

  /** Moves time on by `byMs` milliseconds and runs what falls due, each call at its own time. */
  async advance(byMs: number): Promise<void> {
    const endNs = this.#nowNs + byMs * 1e6;
    await settle();
    while ((this.#pending[0]?.dueNs ?? Infinity) <= endNs) await this.#runNext();
    this.#nowNs = endNs;
  }

  /**
   * Moves time on, from one pending call to the next, until `promise` is settled.
   *
   * @returns what `promise` resolves with
   * @throws what `promise` rejects with
   * @throws {Error} when nothing is pending that could settle it, or `limitMs` have passed
   */
  async runUntil<T>(promise: Promise<T>, limitMs = 3_600_000): Promise<T> {
    let settled = false;
    const done = () => {
      settled = true;
    };
    promise.then(done, done);
    const endNs = this.#nowNs + limitMs * 1e6;
    await settle();
    for (let idleTurns = 0; !settled;) {
      const next = this.#pending[0];
      if (next === undefined) {
        if (++idleTurns > MAX_IDLE_TURNS) {
          throw new Error("Cannot go on: nothing is pending on the fake clock");
        }
        await settle();
        continue;
      }
      if (next.dueNs > endNs) throw new Error(`Cannot go on: ${limitMs} ms of fake time are over`);
      await this.#runNext();
    }
    return promise;
  }

  async #runNext(): Promise<void> {
    const next = this.#pending.shift();
    if (next === undefined) return;
    this.#nowNs = Math.max(this.#nowNs, next.dueNs);
    next.run();
    await settle();
  }

  #remove(pending: Pending): void {
    const at = this.#pending.indexOf(pending);
    if (at >= 0) this.#pending.splice(at, 1);
  }
}
