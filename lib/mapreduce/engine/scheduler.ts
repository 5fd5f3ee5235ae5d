/**
 * Who does what, when: the part of the coordinator that decides. It knows no sockets, files or clocks;
 * the same events at the same times give the same actions.
 *
 * The rules, after Dean and Ghemawat, "MapReduce" (OSDI 2004), section 3.
 *
 * 1. Each task has exactly one winner: the first attempt that is through. The others are cancelled, and
 *    whatever they say later is refused.
 * 2. A winner counts once it is recorded.
 * 3. Reduce tasks begin when each map task is done and its output is there. A map output whose worker is
 *    gone is made again while a reduce task needs it; running reduce attempts are told where it is then.
 *    A reduce attempt makes room when it occupies the slot that such a map task needs.
 * 4. When nothing waits, what takes long is tried at another worker, too.
 * 5. A task is tried at another worker after a failure, as long as there is one.
 * 6. The last worker is never shunned: then the limits of the tasks decide.
 */
import { attemptKey, type AttemptName, type TaskKind } from "./attempt_name.ts";
import type {
  CancelReason,
  SchedulerAction,
  SchedulerCounts,
  SchedulerEvent,
  SchedulerOptions,
  Winner,
} from "./scheduler_types.ts";
import { SortedNumbers } from "./sorted_numbers.ts";
import { type RunningAttempt, TaskState, type WorkerState } from "./task_state.ts";

/** Pause before a task is tried again where it has failed, for each failure, in milliseconds. */
const RETRY_MS = 250;

/** Decides who does what. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #maps: TaskState[] = [];
  readonly #reduces: TaskState[] = [];
  readonly #workers = new Map<string, WorkerState>();
  readonly #durations = { map: new SortedNumbers(), reduce: new SortedNumbers() };
  #actions: SchedulerAction[] = [];
  #nowMs: number;
  #noWorkerSinceMs: number;
  #isOver = false;
  #attempts = 0;
  #backups = 0;
  #refused = 0;

  /** A job of which nothing is done, or what the options say. */
  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#nowMs = this.#noWorkerSinceMs = options.nowMs;
    for (let i = 0; i < options.maps; i++) this.#maps.push(new TaskState("map", i));
    for (let i = 0; i < options.reduces; i++) this.#reduces.push(new TaskState("reduce", i));
    for (const winner of options.winners ?? []) {
      const task = this.#task(winner);
      if (task === undefined) continue;
      task.winner = winner;
      task.isRecorded = true;
      task.notBeforeMs = options.nowMs + options.limits.returnMs;
    }
    for (const number of options.lost ?? []) {
      const task = this.#maps[number];
      if (task !== undefined) task.isLost = true;
    }
  }

  /** Takes an event and says what to do. */
  handle(event: SchedulerEvent, nowMs: number): SchedulerAction[] {
    this.#nowMs = nowMs;
    this.#actions = [];
    if (!this.#isOver) {
      this.#take(event);
      if (event.type === "tick") this.#watch();
      if (event.type !== "progress") this.#fill();
      this.#finish();
    }
    return this.#actions;
  }

  /** Whether this attempt runs at that worker: only then may it say anything. */
  isRunning(worker: string, name: AttemptName): boolean {
    return this.#running(worker, name) !== undefined;
  }

  /** The winners of map tasks whose outputs can be fetched, in the order of the tasks. */
  sources(): Winner[] {
    return this.#maps.flatMap(({ winner, isRecorded, isThere }) =>
      winner !== undefined && isRecorded && isThere ? [winner] : []
    );
  }

  /** How far the job is. */
  counts(): SchedulerCounts {
    const count = (tasks: readonly TaskState[], what: (task: TaskState) => number) =>
      tasks.reduce((sum, task) => sum + what(task), 0);
    const isDone = (task: TaskState) => task.isDone ? 1 : 0;
    const running = (task: TaskState) => task.running.length;
    return {
      phase: this.#isOver ? "over" : this.#mapsAreDone() ? "reduce" : "map",
      done: { map: count(this.#maps, isDone), reduce: count(this.#reduces, isDone) },
      running: { map: count(this.#maps, running), reduce: count(this.#reduces, running) },
      total: { map: this.#maps.length, reduce: this.#reduces.length },
      workers: this.#workers.size,
      attempts: this.#attempts,
      backups: this.#backups,
      refused: this.#refused,
    };
  }

  #take(event: SchedulerEvent): void {
    switch (event.type) {
      case "joined":
        return this.#onJoined(event.worker, event.slots, event.holds);
      case "left":
        return this.#onLeft(event.worker);
      case "progress": {
        const attempt = this.#running(event.worker, event.name);
        if (attempt === undefined) return this.#refuse(event.worker, event.name);
        attempt.progressMs = this.#nowMs;
        return;
      }
      case "finished":
        return this.#onFinished(event.worker, event.name);
      case "failed":
        return this.#onFailed(event);
      case "recorded":
        return this.#onRecorded(event.name);
      case "output-lost":
        return this.#onOutputLost(event.name);
      case "tick":
        return;
    }
  }

  #onJoined(id: string, slots: number, holds: readonly AttemptName[]): void {
    if (this.#workers.has(id)) this.#onLeft(id); // the old line is dead, though nobody noticed
    const worker = { id, slots, running: 0, suspects: new Set<TaskState>(), isShunned: false };
    this.#workers.set(id, worker);
    for (const name of holds) {
      const task = this.#task(name);
      const { winner } = task ?? {};
      if (
        task === undefined || winner === undefined || winner.worker !== id || !same(winner, name)
      ) {
        this.#act({ type: "cancel", worker: id, name, reason: "superseded" });
        continue;
      }
      task.isThere = true;
      this.#cancelAll(task, "another-won");
      if (task.isRecorded) this.#act({ type: "moved", winner });
    }
  }

  #onLeft(id: string): void {
    if (!this.#workers.delete(id)) return;
    if (this.#workers.size === 0) this.#noWorkerSinceMs = this.#nowMs;
    for (const task of this.#all()) {
      if (task.winner?.worker === id) task.isThere = false;
      const at = task.running.findIndex(({ worker }) => worker === id);
      if (at < 0) continue;
      task.running.splice(at, 1);
      task.deaths++;
      if (task.deaths >= this.#options.limits.taskDeaths) {
        task.lastMessage = `${task.deaths} workers died of it`;
        this.#giveUp(task);
      }
    }
    // Rather all of them than none.
    if ([...this.#workers.values()].every(({ isShunned }) => isShunned)) {
      for (const worker of this.#workers.values()) worker.isShunned = false;
    }
  }

  #onFinished(worker: string, name: AttemptName): void {
    const attempt = this.#running(worker, name);
    const task = this.#task(name);
    if (attempt === undefined || task === undefined) return this.#refuse(worker, name);
    this.#durations[name.kind].add(this.#nowMs - attempt.startedMs);
    this.#end(task, attempt);
    this.#workers.get(worker)?.suspects.clear();
    this.#cancelAll(task, "another-won");
    const winner = { ...name, worker };
    task.winner = winner;
    task.isRecorded = false;
    task.isThere = true;
    this.#act({ type: "record", winner });
  }

  #onFailed(event: SchedulerEvent & { readonly type: "failed" }): void {
    const { worker: id, name, message, isWorkers, isFinal } = event;
    const attempt = this.#running(id, name);
    const task = this.#task(name);
    if (attempt === undefined || task === undefined) return this.#refuse(id, name);
    this.#end(task, attempt);
    if (isFinal) task.failures = this.#options.limits.taskFailures;
    this.#blame(task, id, message, isWorkers);
  }

  #blame(task: TaskState, id: string, message: string, isWorkers: boolean): void {
    task.failures++;
    task.failedAt.add(id);
    task.lastMessage = message;
    task.lastIsWorkers = isWorkers;
    if (task.failures >= this.#options.limits.taskFailures) return this.#giveUp(task);
    const worker = this.#workers.get(id);
    if (worker === undefined) return;
    worker.suspects.add(task);
    const isTriedEverywhere = [...this.#workers.values()].every(({ id, isShunned }) =>
      isShunned || task.failedAt.has(id)
    );
    // What is wrong may pass: somebody makes room on the disk.
    if (isTriedEverywhere) task.notBeforeMs = this.#nowMs + RETRY_MS * task.failures;
    const isLast = [...this.#workers.values()].every((other) =>
      other === worker || other.isShunned
    );
    const isBad = worker.suspects.size >= this.#options.limits.workerFailures;
    if (!isBad || isLast || worker.isShunned) return;
    worker.isShunned = true;
    this.#act({ type: "shunned", worker: id });
  }

  #onRecorded(name: AttemptName): void {
    const task = this.#task(name);
    const { winner } = task ?? {};
    if (task === undefined || winner === undefined || !same(winner, name)) return;
    task.isRecorded = true;
    if (task.kind === "map" && task.isThere) this.#act({ type: "moved", winner });
  }

  #onOutputLost(name: AttemptName): void {
    const task = this.#task(name);
    if (task === undefined || task.winner === undefined || !same(task.winner, name)) return;
    if (!task.isThere) return;
    task.isThere = false;
    this.#blame(task, task.winner.worker, "its output cannot be read where it was made", true);
    task.notBeforeMs = -Infinity; // reduce attempts wait for it
  }

  /** Gives up attempts that do not go on. */
  #watch(): void {
    const { stallMs, noWorkerMs } = this.#options.limits;
    const mapsAreDone = this.#mapsAreDone();
    for (const task of this.#all()) {
      for (const attempt of [...task.running]) {
        // A reduce attempt cannot go on while a map output is missing.
        if (task.kind === "reduce" && !mapsAreDone) attempt.progressMs = this.#nowMs;
        if (this.#nowMs - attempt.progressMs < stallMs) continue;
        this.#cancel(task, attempt, "no-progress");
        this.#blame(task, attempt.worker, `no progress for ${stallMs / 1000} s`, false);
      }
    }
    if (this.#workers.size > 0 || this.#nowMs - this.#noWorkerSinceMs < noWorkerMs) return;
    if (this.#reduces.every(({ isDone }) => isDone)) return;
    this.#fail("no-workers", `No worker for ${noWorkerMs / 1000} s`);
  }

  /** Gives the free slots something to do. */
  #fill(): void {
    if (this.#isOver || this.#reduces.every((task) => task.isDone || task.isBeingRecorded)) return;
    const waiting = this.#maps.filter((task) => task.isWaiting(this.#nowMs));
    // What was never done comes first: the worker of the others may still come back.
    waiting.sort((a, b) => Number(a.isRecorded) - Number(b.isRecorded) || a.task - b.task);
    for (const task of waiting) {
      if (!this.#startAnywhere(task)) this.#makeRoomFor(task);
    }
    if (this.#mapsAreDone()) {
      for (const task of this.#reduces) {
        if (task.isWaiting(this.#nowMs)) this.#startAnywhere(task);
      }
    }
    this.#startBackups();
  }

  #startAnywhere(task: TaskState): boolean {
    const usable = [...this.#workers.values()].filter(({ isShunned }) => !isShunned);
    const unblamed = usable.filter(({ id }) => !task.failedAt.has(id));
    const worker = freest(unblamed.length > 0 ? unblamed : usable);
    if (worker === undefined) return false;
    this.#start(task, worker, false);
    return true;
  }

  /** Ends the reduce attempt that began last, so that a map task gets its slot. */
  #makeRoomFor(map: TaskState): void {
    let latest: { task: TaskState; attempt: RunningAttempt } | undefined;
    for (const task of this.#reduces) {
      for (const attempt of task.running) {
        if (this.#workers.get(attempt.worker)?.isShunned) continue;
        if (latest !== undefined && attempt.startedMs < latest.attempt.startedMs) continue;
        latest = { task, attempt };
      }
    }
    if (latest === undefined || map.running.length > 0) return;
    // One is enough: while it does the map task, the others wait.
    if (this.#maps.some(({ running }) => running.length > 0)) return;
    this.#cancel(latest.task, latest.attempt, "makes-room");
    const worker = this.#workers.get(latest.attempt.worker);
    if (worker !== undefined) this.#start(map, worker, false);
  }

  #startBackups(): void {
    const mapsAreDone = this.#mapsAreDone();
    if (!mapsAreDone && this.#maps.some((task) => task.isWaiting(this.#nowMs))) return;
    const { backupMs, backupFactor } = this.#options.limits;
    for (const task of mapsAreDone ? this.#reduces : this.#maps) {
      const [attempt] = task.running;
      if (attempt === undefined || task.running.length > 1) continue;
      const median = this.#durations[task.kind].median;
      if (median === undefined) continue;
      const ranMs = this.#nowMs - attempt.startedMs;
      if (ranMs <= Math.max(backupMs, backupFactor * median)) continue;
      const others = [...this.#workers.values()].filter(({ id, isShunned }) =>
        !isShunned && id !== attempt.worker && !task.failedAt.has(id)
      );
      const worker = freest(others);
      if (worker !== undefined) this.#start(task, worker, true);
    }
  }

  #finish(): void {
    if (this.#isOver || !this.#reduces.every(({ isDone }) => isDone)) return;
    this.#endAll();
    this.#act({ type: "done" });
  }

  #giveUp(task: TaskState): void {
    const { kind, lastMessage } = task;
    // Of a map task that was done once, some partitions have the output: it cannot be left out any more.
    const canSkip = this.#options.skipsFailed && kind === "map" && task.winner === undefined &&
      !task.lastIsWorkers;
    if (!canSkip) {
      const what = kind === "map" ? "Map task" : "Reduce task";
      return this.#fail("task-failed", `${what} ${task.task} cannot be done: ${lastMessage}`);
    }
    this.#cancelAll(task, "not-needed");
    task.isLost = true;
    for (const { suspects } of this.#workers.values()) suspects.delete(task);
    this.#act({ type: "lost", task: task.task, message: lastMessage });
  }

  #fail(code: "task-failed" | "no-workers", message: string): void {
    if (this.#isOver) return;
    this.#endAll();
    this.#act({ type: "failed", code, message });
  }

  #endAll(): void {
    this.#isOver = true;
    for (const task of this.#all()) this.#cancelAll(task, "not-needed");
  }

  #start(task: TaskState, worker: WorkerState, isBackup: boolean): void {
    const { kind, task: number } = task;
    const { epoch } = this.#options;
    const name = { epoch, kind, task: number, attempt: task.nextAttempt() };
    const startedMs = this.#nowMs;
    task.running.push({ name, worker: worker.id, startedMs, progressMs: startedMs });
    worker.running++;
    this.#attempts++;
    if (isBackup) this.#backups++;
    this.#act({ type: "start", worker: worker.id, name, isBackup });
  }

  #cancelAll(task: TaskState, reason: CancelReason): void {
    for (const attempt of [...task.running]) this.#cancel(task, attempt, reason);
  }

  #cancel(task: TaskState, attempt: RunningAttempt, reason: CancelReason): void {
    this.#end(task, attempt);
    this.#act({ type: "cancel", worker: attempt.worker, name: attempt.name, reason });
  }

  #end(task: TaskState, attempt: RunningAttempt): void {
    const at = task.running.indexOf(attempt);
    if (at >= 0) task.running.splice(at, 1);
    const worker = this.#workers.get(attempt.worker);
    if (worker !== undefined) worker.running--;
  }

  #refuse(worker: string, name: AttemptName): void {
    this.#refused++;
    const winner = this.#task(name)?.winner;
    if (winner !== undefined && winner.worker === worker && same(winner, name)) return; // a repeat
    this.#act({ type: "cancel", worker, name, reason: "superseded" });
  }

  #running(worker: string, name: AttemptName): RunningAttempt | undefined {
    return this.#task(name)?.running.find((attempt) =>
      attempt.worker === worker && same(attempt.name, name)
    );
  }

  #task({ kind, task }: { readonly kind: TaskKind; readonly task: number }): TaskState | undefined {
    return (kind === "map" ? this.#maps : this.#reduces)[task];
  }

  #mapsAreDone(): boolean {
    return this.#maps.every(({ isDone }) => isDone);
  }

  *#all(): Iterable<TaskState> {
    yield* this.#maps;
    yield* this.#reduces;
  }

  #act(action: SchedulerAction): void {
    this.#actions.push(action);
  }
}

function same(a: AttemptName, b: AttemptName): boolean {
  return attemptKey(a) === attemptKey(b);
}

/** The worker with the most room, if there is any: the first of equals. */
function freest(workers: readonly WorkerState[]): WorkerState | undefined {
  let best: WorkerState | undefined;
  for (const worker of workers) {
    if (worker.running >= worker.slots) continue;
    if (best === undefined || worker.running / worker.slots < best.running / best.slots) {
      best = worker;
    }
  }
  return best;
}
