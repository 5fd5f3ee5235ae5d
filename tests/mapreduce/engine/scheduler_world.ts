/**
 * Workers that die, hang, are stopped, cannot meet, come back and say what is no longer true, and a
 * coordinator that dies and resumes, in simulated time.
 *
 * Longer than 300 lines: what becomes of one attempt changes what all the others may do.
 */
import assert from "node:assert/strict";
import { attemptKey, type AttemptName } from "../../../lib/mapreduce/engine/attempt_name.ts";
import { ENGINE_LIMITS } from "../../../lib/mapreduce/engine/engine_limits.ts";
import { Scheduler } from "../../../lib/mapreduce/engine/scheduler.ts";
import type {
  SchedulerAction,
  SchedulerEvent,
  Winner,
} from "../../../lib/mapreduce/engine/scheduler_types.ts";
import { Random } from "../../random.ts";

/** How often things go wrong, of a thousand attempts. */
export interface Odds {
  readonly hang: number;
  readonly fail: number;
  readonly die: number;
  /** The worker is stopped until it is given up, comes back, and says that it is through. */
  readonly stop: number;
  /** A fetch finds that the two workers cannot meet, and nobody can carry it for a while. */
  readonly miss: number;
  /** The coordinator dies when an attempt begins, and is resumed. */
  readonly crash: number;
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

/** What a reduce attempt has of what it needs. */
interface Gathering {
  /** By map task: where the output is. */
  readonly sources: Map<number, Winner>;
  readonly missing: Set<number>;
  readonly onWhole: () => void;
}

/** A job in simulated time. */
export class SchedulerWorld {
  scheduler: Scheduler;
  /** What the journal has, in order. */
  readonly recorded: Winner[] = [];
  /** How often things went wrong, to see that they do. */
  readonly happened = { hang: 0, stop: 0, miss: 0, crash: 0, lateCommit: 0, gone: 0 };
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
  readonly #reduces: number;
  readonly #gathering = new Map<string, Gathering>();
  readonly #hanging = new Set<string>();
  #epoch = 0;

  constructor(seed: number, odds: Odds, maps: number, reduces: number, workers: number) {
    this.#random = new Random(seed);
    this.#odds = odds;
    this.#maps = maps;
    this.#reduces = reduces;
    this.scheduler = this.#newScheduler();
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

  #newScheduler(): Scheduler {
    const limits = { ...ENGINE_LIMITS, taskFailures: 1e9, taskDeaths: 1e9 };
    const winners = new Map(
      this.recorded.map((winner) => [`${winner.kind} ${winner.task}`, winner]),
    );
    return new Scheduler({
      ...{ maps: this.#maps, reduces: this.#reduces, epoch: ++this.#epoch, skipsFailed: false },
      ...{ limits, nowMs: this.nowMs, winners: [...winners.values()] },
    });
  }

  /** The coordinator dies; another one goes on with its journal, and the workers come to it. */
  #crash(): void {
    this.happened.crash++;
    this.scheduler = this.#newScheduler();
    for (const worker of this.#workers.filter(({ isHere }) => isHere)) {
      this.#drop(worker);
      // Within the time for which a resumed job waits, or after it.
      this.#later(this.#below(8000), () => this.#join(worker));
    }
  }

  #tick(): void {
    this.#tell({ type: "tick" });
    this.#later(250, () => this.#tick());
  }

  #tell(event: SchedulerEvent): void {
    const { scheduler } = this;
    for (const action of scheduler.handle(event, this.nowMs)) {
      // What a dead coordinator wanted is not done.
      if (this.scheduler === scheduler) this.#do(action);
    }
  }

  #do(action: SchedulerAction): void {
    switch (action.type) {
      case "start":
        return this.#start(action.worker, action.name);
      case "cancel": {
        const worker = this.#worker(action.worker);
        assert(
          action.reason !== "no-progress" || this.#hanging.has(attemptKey(action.name)),
          "nobody is given up who goes on, or would if it were told where its inputs are",
        );
        worker.running.delete(attemptKey(action.name));
        const at = worker.holds.findIndex((name) => attemptKey(name) === attemptKey(action.name));
        if (at >= 0) worker.holds.splice(at, 1);
        return;
      }
      case "record": {
        const { winner } = action;
        const epoch = this.#epoch;
        return this.#later(this.#below(20), () => {
          if (epoch !== this.#epoch) return; // the coordinator died before the line was written
          this.recorded.push(winner);
          this.#tell({ type: "recorded", name: winner });
        });
      }
      case "moved":
        return this.#moved(action.winner);
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
    const durationMs = 1 + this.#below(2000);
    const dice = this.#below(1000);
    const { hang, fail, die, stop, crash } = this.#odds;
    const isCurrent = () => this.#isCurrent(worker, name);
    const fate = (...odds: number[]) => dice < odds.reduce((sum, one) => sum + one, 0);
    if (fate(hang)) {
      this.happened.hang++;
      return void this.#hanging.add(attemptKey(name));
    }
    if (fate(hang, fail)) {
      return this.#later(durationMs, () => {
        if (!isCurrent()) return;
        worker.running.delete(attemptKey(name));
        const isWorkers = this.#below(2) === 0;
        this.#tell({ type: "failed", worker: id, name, message: "it broke", isWorkers });
      });
    }
    if (fate(hang, fail, die)) {
      return this.#later(durationMs, () => isCurrent() && this.#leave(worker));
    }
    if (fate(hang, fail, die, stop)) {
      return this.#later(durationMs, () => isCurrent() && this.#stop(worker, name));
    }
    if (fate(hang, fail, die, stop, crash)) this.#later(durationMs, () => this.#crash());
    const onWhole = () => this.#later(durationMs, () => this.#finish(worker, name));
    if (name.kind === "map") onWhole();
    else this.#gather(worker, name, onWhole);
  }

  #isCurrent(worker: SimWorker, name: AttemptName): boolean {
    return worker.isHere && worker.running.has(attemptKey(name));
  }

  /** A reduce attempt fetches all map outputs, each when it comes to it. */
  #gather(worker: SimWorker, name: AttemptName, onWhole: () => void): void {
    const sources = new Map(this.scheduler.sources().map((winner) => [winner.task, winner]));
    const gathering = { sources, missing: new Set(sources.keys()), onWhole };
    this.#gathering.set(attemptKey(name), gathering);
    for (const task of sources.keys()) {
      this.#later(this.#below(3000), () => this.#fetch(worker, name, gathering, task));
    }
  }

  #fetch(worker: SimWorker, name: AttemptName, gathering: Gathering, task: number): void {
    if (!this.#isCurrent(worker, name) || !gathering.missing.has(task)) return;
    const source = gathering.sources.get(task) as Winner;
    const key = attemptKey(source);
    assert(
      this.recorded.some((winner) => winner.worker === source.worker && attemptKey(winner) === key),
      "nobody fetches what is not in the journal",
    );
    if (this.#below(1000) < this.#odds.miss) {
      this.happened.miss++;
      return this.#later(this.#below(3000), () => this.#fetch(worker, name, gathering, task));
    }
    const owner = this.#worker(source.worker);
    if (owner.isHere && owner.holds.some((held) => attemptKey(held) === key)) {
      gathering.missing.delete(task);
      this.#tell({ type: "progress", worker: worker.id, name });
      if (gathering.missing.size === 0) gathering.onWhole();
      return;
    }
    // Who is asked does not have it, or is gone: then the attempt waits until it is somewhere else.
    this.happened.gone++;
    if (this.scheduler.holder(source) === source.worker) {
      this.#tell({ type: "output-lost", name: source });
    }
  }

  #moved(winner: Winner): void {
    for (const worker of this.#workers) {
      for (const name of worker.running.values()) {
        const gathering = this.#gathering.get(attemptKey(name));
        if (!gathering?.missing.has(winner.task)) continue;
        gathering.sources.set(winner.task, winner);
        const { task } = winner;
        this.#later(this.#below(500), () => this.#fetch(worker, name, gathering, task));
      }
    }
  }

  #finish(worker: SimWorker, name: AttemptName): void {
    const wasCurrent = this.#isCurrent(worker, name);
    // One that was cancelled may have been through already: its message is on the way.
    if (!wasCurrent && !(worker.isHere && this.#below(4) === 0)) return;
    if (!wasCurrent) this.happened.lateCommit++;
    worker.running.delete(attemptKey(name));
    if (wasCurrent && name.kind === "map") worker.holds.push(name);
    this.#tell({ type: "finished", worker: worker.id, name });
    if (this.#below(1000) < this.#odds.repeat) {
      this.#later(this.#below(5000), () => {
        if (worker.isHere) this.#tell({ type: "finished", worker: worker.id, name });
      });
    }
    if (name.kind === "map" && this.#below(1000) < this.#odds.loseOutput) {
      this.#later(this.#below(9000), () => this.#tell({ type: "output-lost", name }));
    }
  }

  /** It is given up after three heartbeats; then it comes back and says what it did meanwhile. */
  #stop(worker: SimWorker, name: AttemptName): void {
    this.happened.stop++;
    this.#later(9000, () => {
      if (!this.#isCurrent(worker, name)) return;
      this.#drop(worker);
      this.#tell({ type: "left", worker: worker.id });
      this.#later(this.#below(20_000), () => {
        this.#join(worker);
        this.happened.lateCommit++;
        this.#tell({ type: "finished", worker: worker.id, name });
      });
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
    this.#drop(worker);
    if (this.#below(3) === 0) worker.holds.length = 0; // a new process, without the old disk
    this.#tell({ type: "left", worker: worker.id });
    this.#later(this.#below(4000), () => this.#join(worker));
  }

  /** Its line is over: what it runs ends. */
  #drop(worker: SimWorker): void {
    worker.isHere = false;
    worker.running.clear();
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
