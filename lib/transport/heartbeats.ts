import type { Clock, Timer } from "../clock/clock.ts";

/** Most that a beat is late so that one timer serves many, in milliseconds. */
const MAX_LATE_MS = 10;

/** Somebody who is called once per heartbeat. */
interface Beating {
  dueNs: number;
  /** `undefined`: stopped. What stays in the queue holds on to nothing, whatever comes and goes. */
  run: (() => void) | undefined;
}

/** By clock and interval. */
const shared = new WeakMap<Clock, Map<number, Heartbeats>>();

/** Those that all connections with this clock and this heartbeat share. */
export function heartbeatsOf(clock: Clock, intervalMs: number): Heartbeats {
  let byInterval = shared.get(clock);
  if (byInterval === undefined) shared.set(clock, byInterval = new Map());
  let heartbeats = byInterval.get(intervalMs);
  if (heartbeats === undefined) {
    byInterval.set(intervalMs, heartbeats = new Heartbeats(clock, intervalMs));
  }
  return heartbeats;
}

/**
 * Calls many at their own times, all at the same interval, with one timer: a server of ten thousand
 * idle connections would else make two thousand timers a second, each of which lives long enough to
 * be costly garbage. Who was called goes to the end of the queue, so the queue stays in order.
 */
export class Heartbeats {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #lateMs: number;
  #queue: Beating[] = [];
  /** Where the queue begins: those before have moved on. */
  #first = 0;
  #active = 0;
  #timer: Timer | undefined;

  /** Calls nobody yet. @param intervalMs between two calls of the same */
  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#lateMs = Math.min(MAX_LATE_MS, intervalMs / 100);
  }

  /** Calls `run` at each interval from now, at most 10 ms or a hundredth late, until disposed. */
  start(run: () => void): Disposable {
    const beating: Beating = { dueNs: this.#nextNs(), run };
    this.#queue.push(beating);
    this.#active++;
    this.#timer ??= this.#clock.after(this.#intervalMs, () => this.#beat());
    return { [Symbol.dispose]: () => this.#stop(beating) };
  }

  #stop(beating: Beating): void {
    if (beating.run === undefined) return;
    beating.run = undefined;
    if (--this.#active > 0) return; // its place in the queue goes when it is due
    this.#queue = [];
    this.#first = 0;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #nextNs(): number {
    return this.#clock.monotonicNs() + this.#intervalMs * 1e6;
  }

  #beat(): void {
    this.#timer = undefined;
    try {
      this.#callDue(this.#clock.monotonicNs());
    } finally {
      this.#awaitNext();
    }
  }

  #awaitNext(): void {
    const next = this.#queue[this.#first];
    if (next === undefined) return;
    this.#timer?.cancel(); // of who was started by a call: others may be due before
    const waitMs = (next.dueNs - this.#clock.monotonicNs()) / 1e6;
    this.#timer = this.#clock.after(Math.max(waitMs, this.#lateMs), () => this.#beat());
  }

  #callDue(nowNs: number): void {
    for (;;) {
      const next = this.#queue[this.#first];
      if (next === undefined || next.dueNs > nowNs) break;
      this.#first++;
      if (next.run === undefined) continue;
      next.dueNs = this.#nextNs();
      this.#queue.push(next);
      next.run();
    }
    if (this.#first * 2 <= this.#queue.length) return;
    this.#queue.splice(0, this.#first);
    this.#first = 0;
  }
}
