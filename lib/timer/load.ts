/** A run: some clients that send by one plan until it is done, stopped, or the server is gone. */
import type { Clock, Timer } from "../clock/clock.ts";
import type { Pacer } from "../clock/pacer.ts";
import type { LoadClient, LoadTotals } from "./load_client.ts";
import type { LoadPlan } from "./load_plan.ts";
import type { Measurement } from "./measurement.ts";
import { ALIVE_INTERVAL_MS } from "./stop_watch.ts";

/** Why a run ended. */
export type LoadEnd = "done" | "server-left" | "line-lost" | "stopped";

/** What a {@linkcode Load} works with. */
export interface LoadParts {
  readonly clock: Clock;
  readonly pacer: Pacer;
  readonly plan: LoadPlan;
  readonly clients: readonly LoadClient[];
  readonly totals: LoadTotals;
  readonly measurement: Measurement;
  readonly isOpenLoop: boolean;
  /** How long after its last planned request an open loop may go on, in milliseconds. */
  readonly timeoutMs: number;
}

/** One run. */
export class Load implements Disposable {
  /** Why it ended. */
  readonly ended: Promise<LoadEnd>;
  readonly #parts: LoadParts;
  readonly #end: (end: LoadEnd) => void;
  readonly #timers = new Map<string, Timer>();
  /** Requests of an open loop whose clients were told that they are due. */
  #woken = 0;
  #endsWith: LoadEnd = "done";
  #isOver = false;

  constructor(parts: LoadParts) {
    this.#parts = parts;
    const { promise, resolve } = Promise.withResolvers<LoadEnd>();
    this.ended = promise;
    this.#end = resolve;
  }

  /** Sends the first requests. */
  start(): void {
    const { clock, plan, clients, isOpenLoop, timeoutMs } = this.#parts;
    this.#tick();
    // All of them: one that has nothing to send finds that out here.
    for (const client of clients) client.pump();
    if (isOpenLoop) {
      const lastMs = (plan.lastPlannedNs - clock.monotonicNs()) / 1e6 + timeoutMs;
      this.#timers.set("last", clock.after(lastMs, () => this.#sendNoMore()));
      return this.#wake();
    }
    this.onChange();
  }

  /** What is in flight has changed: for the clients. */
  onChange(): void {
    if (this.#isOver) return;
    const { inFlight, sending } = this.#parts.totals;
    if (inFlight === 0 && sending === 0) return this.stop(this.#endsWith);
    this.#arm();
  }

  /** The server is about to leave: what is in flight is waited for, nothing more is sent. */
  serverLeaves(): void {
    this.#endsWith = "server-left";
    this.#sendNoMore();
  }

  /** Ends the run. */
  stop(end: LoadEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.plan.stop();
    this[Symbol.dispose]();
    this.#end(end);
  }

  /** Gives timers back. */
  [Symbol.dispose](): void {
    this.#parts.pacer.cancel();
    for (const timer of this.#timers.values()) timer.cancel();
    for (const client of this.#parts.clients) client[Symbol.dispose]();
  }

  #sendNoMore(): void {
    const { plan, clients } = this.#parts;
    plan.stop();
    for (const client of clients) client.pump();
    this.onChange();
  }

  /** Wakes the clients whose requests have fallen due. */
  readonly #wake = (): void => {
    const { clock, plan, clients } = this.#parts;
    const due = plan.dueCount(clock.monotonicNs());
    const newest = Math.min(due - this.#woken, clients.length);
    for (let i = due - newest; i < due; i++) clients[i % clients.length]?.pump();
    this.#woken = due;
    this.onChange();
  };

  #arm(): void {
    const { plan, totals, pacer, isOpenLoop } = this.#parts;
    const nextNs = isOpenLoop ? plan.plannedAfterNs(this.#woken) : undefined;
    if (nextNs === undefined) return;
    pacer.wakeAt(nextNs, totals.inFlight === 0, this.#wake);
  }

  /** Says that this process runs, so that a stop is noticed. */
  #tick(): void {
    const { clock, measurement } = this.#parts;
    measurement.alive(clock.monotonicNs());
    this.#timers.set("alive", clock.after(ALIVE_INTERVAL_MS, () => this.#tick()));
  }
}
