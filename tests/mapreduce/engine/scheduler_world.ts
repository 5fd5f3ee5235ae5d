/** Workers that die, hang, come back and say what is no longer true, in simulated time. */
import assert from "node:assert/strict";
import { attemptKey, type AttemptName } from "../../../lib/mapreduce/engine/attempt_name.ts";
import { ENGINE_LIMITS } from "../../../lib/mapreduce/engine/engine_limits.ts";
import { Scheduler } from "../../../lib/mapreduce/engine/scheduler.ts";
import type {
  SchedulerAction,
  SchedulerEvent,
  Winner,
} from "../../../lib/mapreduce/engine/scheduler_types.ts";
import { Random } from "../../fuzz/random.ts";

/** How often things go wrong, of a thousand attempts. */
export interface Odds {
  readonly hang: number;
  readonly fail: number;
  readonly die: number;
  readonly loseOutput: number;
  /** Of a thousand ended attempts: how many say so once more, later. */
  readonly repeat: number;
}

interface SimWorker {
  readonly id: string;
  readonly slots: number;
  isHere: boolean;
  readonly holds: AttemptName[];
  /** Attempts that it believes in. */
  readonly running: Map<string, AttemptName>;
}

interface Happening {
  readonly atMs: number;
  readonly run: () => void;
}

/** A job in simulated time. */
export class SchedulerWorld {
  readonly scheduler: Scheduler;
  /** What was recorded, in order. */
  readonly recorded: Winner[] = [];
  readonly lost: number[] = [];
  /** Ways in which it ended. */
  readonly ends: SchedulerAction[] = [];
  readonly shunned: string[] = [];
  nowMs = 0;
  readonly #random: Random;
  readonly #odds: Odds;
  readonly #workers: SimWorker[] = [];
  readonly #queue: Happening[] = [];
  readonly #maps: number;

  constructor(seed: number, odds: Odds, maps: number, reduces: number, workers: number) {
    this.#random = new Random(seed);
    this.#odds = odds;
    this.#maps = maps;
    const limits = { ...ENGINE_LIMITS, taskFailures: 1e9, taskDeaths: 1e9 };
    this.scheduler = new Scheduler({
      ...{ maps, reduces, epoch: 1, skipsFailed: false, limits, nowMs: 0 },
    });
    for (let i = 0; i < workers; i++) {
      const slots = 1 + this.#below(3);
      this.#workers.push({ id: `w${i}`, slots, isHere: false, holds: [], running: new Map() });
      this.#later(this.#below(500), () => this.#join(this.#workers[i] as SimWorker));
    }
  }

  /** Runs until the job ends, which it must within `limitMs`. */
  run(limitMs: number): void {
    this.#later(0, () => this.#tick());
    while (this.ends.length === 0) {
      this.#queue.sort((a, b) => a.atMs - b.atMs);
      const next = this.#queue.shift();
      assert(next !== undefined && next.atMs < limitMs, `not over after ${limitMs} ms`);
      this.nowMs = next.atMs;
      next.run();
    }
  }

  #tick(): void {
    this.#tell({ type: "tick" });
    this.#later(250, () => this.#tick());
  }

  #tell(event: SchedulerEvent): void {
    for (const action of this.scheduler.handle(event, this.nowMs)) this.#do(action);
  }

  #do(action: SchedulerAction): void {
    switch (action.type) {
      case "start":
        return this.#start(action.worker, action.name);
      case "cancel": {
        const worker = this.#worker(action.worker);
        worker.running.delete(attemptKey(action.name));
        const at = worker.holds.findIndex((name) => attemptKey(name) === attemptKey(action.name));
        if (at >= 0) worker.holds.splice(at, 1);
        return;
      }
      case "record":
        this.recorded.push(action.winner);
        this.#later(this.#below(20), () => this.#tell({ type: "recorded", name: action.winner }));
        return;
      case "lost":
        this.lost.push(action.task);
        return;
      case "shunned":
        this.shunned.push(action.worker);
        return;
      case "done":
      case "failed":
        this.ends.push(action);
    }
  }

  #start(id: string, name: AttemptName): void {
    const worker = this.#worker(id);
    assert(worker.isHere, "a worker that is not here gets nothing");
    if (name.kind === "reduce") {
      assert.equal(this.scheduler.sources().length, this.#maps, "all map outputs are there");
    }
    for (const other of worker.running.values()) {
      assert(
        other.kind !== name.kind || other.task !== name.task,
        "no task runs twice at one worker",
      );
    }
    worker.running.set(attemptKey(name), name);
    assert(worker.running.size <= worker.slots, "a worker has no more than its slots");
    const key = attemptKey(name);
    const durationMs = 1 + this.#below(2000);
    const dice = this.#below(1000);
    const { hang, fail, die } = this.#odds;
    const isCurrent = () => worker.isHere && worker.running.has(key);
    if (dice < hang) return;
    if (dice < hang + fail) {
      this.#later(durationMs, () => {
        if (!isCurrent()) return;
        worker.running.delete(key);
        const isWorkers = this.#below(2) === 0;
        this.#tell({ type: "failed", worker: id, name, message: "it broke", isWorkers });
      });
      return;
    }
    if (dice < hang + fail + die) {
      this.#later(durationMs, () => isCurrent() && this.#leave(worker));
      return;
    }
    this.#later(durationMs, () => {
      const wasCurrent = isCurrent();
      // One that was cancelled may have been through already: its message is on the way.
      if (!wasCurrent && !(worker.isHere && this.#below(4) === 0)) return;
      worker.running.delete(key);
      if (wasCurrent && name.kind === "map") worker.holds.push(name);
      this.#tell({ type: "finished", worker: id, name });
      if (this.#below(1000) < this.#odds.repeat) {
        this.#later(this.#below(5000), () => {
          if (worker.isHere) this.#tell({ type: "finished", worker: id, name });
        });
      }
      if (name.kind === "map" && this.#below(1000) < this.#odds.loseOutput) {
        this.#later(this.#below(9000), () => this.#tell({ type: "output-lost", name }));
      }
    });
  }

  #join(worker: SimWorker): void {
    worker.isHere = true;
    this.#tell({
      type: "joined",
      worker: worker.id,
      slots: worker.slots,
      holds: [...worker.holds],
    });
  }

  #leave(worker: SimWorker): void {
    worker.isHere = false;
    worker.running.clear();
    if (this.#below(3) === 0) worker.holds.length = 0; // a new process, without the old disk
    this.#tell({ type: "left", worker: worker.id });
    this.#later(this.#below(4000), () => this.#join(worker));
  }

  #worker(id: string): SimWorker {
    return this.#workers.find((worker) => worker.id === id) as SimWorker;
  }

  #below(limit: number): number {
    return this.#random.uint32() % limit;
  }

  #later(inMs: number, run: () => void): void {
    this.#queue.push({ atMs: this.nowMs + inMs, run });
  }
}
