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
 * 4. When nothing waits, what takes long is tried at another worker, too; what takes long there as well
 *    makes room for what was not tried so yet.
 * 5. A task is tried at another worker after a failure, as long as there is one.
 * 6. The last worker is never shunned: then the limits of the tasks decide.
 *
 * What is counted has files of its own; so has who gets what next (`fillSlots`).
 */
import { AttemptBook } from "./attempt_book.ts";
import { type AttemptName, isSameAttempt } from "./attempt_name.ts";
import { fillSlots } from "./fill_slots.ts";
import { restoreTasks } from "./restore_tasks.ts";
import type {
  SchedulerAction,
  SchedulerCounts,
  SchedulerEvent,
  SchedulerOptions,
  Winner,
} from "./scheduler_types.ts";
import type { TaskBoard } from "./task_board.ts";
import type { TaskState } from "./task_state.ts";
import type { WorkerRoster } from "./worker_roster.ts";

/** Pause before a task is tried again where it has failed, for each failure, in milliseconds. */
const RETRY_MS = 250;

/** Deaths of workers that are nearer to each other than this count once for a task, in milliseconds. */
const DEATH_GAP_MS = 1000;

/** Decides who does what. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #book: AttemptBook;
  readonly #board: TaskBoard;
  readonly #workers: WorkerRoster;
  #noWorkerSinceMs: number;
  #isOver = false;
  #refused = 0;

  /** A job of which nothing is done, or what the options say. */
  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#noWorkerSinceMs = options.nowMs;
    this.#book = new AttemptBook(options);
    this.#board = this.#book.board;
    this.#workers = this.#book.workers;
    restoreTasks(this.#board, options);
  }

  /** Takes an event and says what to do. */
  handle(event: SchedulerEvent, nowMs: number): SchedulerAction[] {
    this.#book.nowMs = nowMs;
    if (!this.#isOver) {
      this.#take(event);
      if (event.type === "tick") this.#watch();
      if (event.type !== "progress" && !this.#isOver) fillSlots(this.#book);
      if (!this.#isOver && this.#board.isDone) {
        this.#endAll();
        this.#book.act({ type: "done" });
      }
    }
    return this.#book.takeActions();
  }

  /** Whether this attempt runs at that worker: only then may it say anything. */
  isRunning(worker: string, name: AttemptName): boolean {
    return this.#board.attempt(worker, name) !== undefined;
  }

  /** The winners of map tasks whose outputs can be fetched, in the order of the tasks. */
  sources(): Winner[] {
    return this.#board.maps.flatMap((task) => {
      const { winner, isRecorded, isThere } = task;
      return winner !== undefined && isRecorded && isThere ? [winner] : [];
    });
  }

  /** The worker that has the output of this very attempt, if it is the winner and there. */
  holder(name: AttemptName): string | undefined {
    const { winner, isRecorded, isThere } = this.#board.of(name) ?? {};
    if (winner === undefined || !isRecorded || !isThere || !isSameAttempt(winner, name)) {
      return undefined;
    }
    return winner.worker;
  }

  /** Whether a map task is through, or given up, and its output is there. */
  isMapped(task: number): boolean {
    const state = this.#board.maps[task];
    return state !== undefined && (state.isDone || state.isBeingRecorded);
  }

  /** How far the job is. */
  counts(): SchedulerCounts {
    const { done, running, maps, reduces, mapsAreDone } = this.#board;
    return {
      phase: this.#isOver ? "over" : mapsAreDone ? "reduce" : "map",
      done: { ...done },
      running: { ...running },
      total: { map: maps.length, reduce: reduces.length },
      workers: this.#workers.size,
      attempts: this.#book.begun.all,
      backups: this.#book.begun.backups,
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
        const attempt = this.#board.attempt(event.worker, event.name);
        if (attempt === undefined) return this.#refuse(event.worker, event.name);
        attempt.progressMs = this.#book.nowMs;
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
    this.#onLeft(id); // an old line may be dead, though nobody noticed
    this.#workers.add(id, slots);
    for (const name of holds) {
      const task = this.#board.of(name);
      const winner = task?.winner;
      if (task === undefined || winner?.worker !== id || !isSameAttempt(winner, name)) {
        this.#book.act({ type: "cancel", worker: id, name, reason: "superseded" });
        continue;
      }
      task.isThere = true;
      this.#board.changed(task);
      this.#book.cancelAll(task, "another-won");
      if (task.isRecorded) this.#book.act({ type: "moved", winner });
    }
  }

  #onLeft(id: string): void {
    if (!this.#workers.remove(id)) return;
    if (this.#workers.size === 0) this.#noWorkerSinceMs = this.#book.nowMs;
    for (const task of this.#board.all()) {
      if (task.winner?.worker === id && task.isThere) {
        task.isThere = false;
        this.#board.changed(task);
      }
      const attempt = task.running.find(({ worker }) => worker === id);
      if (attempt === undefined) continue;
      this.#board.end(task, attempt);
      // When many machines lose power, a task goes from one to the next as each is found dead.
      if (this.#book.nowMs - task.diedMs < DEATH_GAP_MS) continue;
      task.diedMs = this.#book.nowMs;
      task.deaths++;
      if (task.deaths < this.#options.limits.taskDeaths) continue;
      task.lastMessage = `${task.deaths} workers died of it`;
      this.#giveUp(task);
    }
  }

  #onFinished(worker: string, name: AttemptName): void {
    const attempt = this.#board.attempt(worker, name);
    const task = this.#board.of(name);
    if (attempt === undefined || task === undefined) return this.#refuse(worker, name);
    this.#book.finish(task, attempt);
    this.#book.cancelAll(task, "another-won");
    const winner = { ...name, worker };
    task.winner = winner;
    task.isRecorded = false;
    task.isThere = true;
    this.#board.changed(task);
    this.#book.act({ type: "record", winner });
  }

  #onFailed(event: SchedulerEvent & { readonly type: "failed" }): void {
    const { worker: id, name, message, isWorkers, isFinal } = event;
    const attempt = this.#board.attempt(id, name);
    const task = this.#board.of(name);
    if (attempt === undefined || task === undefined) return this.#refuse(id, name);
    this.#book.end(task, attempt);
    if (isFinal) task.failures = this.#options.limits.taskFailures;
    this.#blame(task, id, message, isWorkers);
  }

  #blame(task: TaskState, id: string, message: string, isWorkers: boolean): void {
    const { taskFailures, workerFailures } = this.#options.limits;
    task.failures++;
    task.failedAt.add(id);
    task.lastMessage = message;
    task.lastIsWorkers = isWorkers;
    if (task.failures >= taskFailures) return this.#giveUp(task);
    const worker = this.#workers.get(id);
    worker?.suspects.add(task);
    if (
      worker !== undefined && worker.suspects.size >= workerFailures && this.#workers.shun(worker)
    ) {
      this.#book.act({ type: "shunned", worker: id });
    }
    // What is wrong may pass: somebody makes room on the disk.
    if (this.#workers.isTriedEverywhere(task)) {
      task.notBeforeMs = this.#book.nowMs + RETRY_MS * task.failures;
    }
  }

  #onRecorded(name: AttemptName): void {
    const task = this.#board.of(name);
    const { winner } = task ?? {};
    if (task === undefined || winner === undefined || !isSameAttempt(winner, name)) return;
    task.isRecorded = true;
    this.#board.changed(task);
    if (task.kind === "map" && task.isThere) this.#book.act({ type: "moved", winner });
  }

  #onOutputLost(name: AttemptName): void {
    const task = this.#board.of(name);
    if (task?.winner === undefined || !isSameAttempt(task.winner, name) || !task.isThere) return;
    task.isThere = false;
    this.#board.changed(task);
    this.#blame(task, task.winner.worker, "its output cannot be read where it was made", true);
    task.notBeforeMs = -Infinity; // reduce attempts wait for it
  }

  /** Gives up attempts that do not go on. */
  #watch(): void {
    const { stallMs, noWorkerMs } = this.#options.limits;
    const { mapsAreDone, active } = this.#board;
    for (const task of [...active]) {
      for (const attempt of [...task.running]) {
        // A reduce attempt cannot go on while a map output is missing.
        if (task.kind === "reduce" && !mapsAreDone) attempt.progressMs = this.#book.nowMs;
        if (this.#book.nowMs - attempt.progressMs < stallMs) continue;
        this.#book.cancel(task, attempt, "no-progress");
        this.#blame(task, attempt.worker, `no progress for ${stallMs / 1000} s`, false);
      }
    }
    if (this.#workers.size > 0 || this.#book.nowMs - this.#noWorkerSinceMs < noWorkerMs) return;
    if (!this.#board.isDone) this.#fail("no-workers", `No worker for ${noWorkerMs / 1000} s`);
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
    this.#book.cancelAll(task, "not-needed");
    task.isLost = true;
    this.#board.changed(task);
    for (const { suspects } of this.#workers.all()) suspects.delete(task);
    this.#book.act({ type: "lost", task: task.task, message: lastMessage });
  }

  #fail(code: "task-failed" | "no-workers", message: string): void {
    if (this.#isOver) return;
    this.#endAll();
    this.#book.act({ type: "failed", code, message });
  }

  #endAll(): void {
    this.#isOver = true;
    for (const task of [...this.#board.active]) this.#book.cancelAll(task, "not-needed");
  }

  #refuse(worker: string, name: AttemptName): void {
    this.#refused++;
    const winner = this.#board.of(name)?.winner;
    if (winner?.worker === worker && isSameAttempt(winner, name)) return; // a repeat
    this.#book.act({ type: "cancel", worker, name, reason: "superseded" });
  }
}
