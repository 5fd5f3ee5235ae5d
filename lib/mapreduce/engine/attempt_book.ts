/** The attempts that run: who begins or ends one does it here, so that tasks, workers and orders agree. */
import type { CancelReason, SchedulerAction, SchedulerOptions } from "./scheduler_types.ts";
import { SortedNumbers } from "./sorted_numbers.ts";
import { TaskBoard } from "./task_board.ts";
import type { RunningAttempt, TaskState, WorkerState } from "./task_state.ts";
import { WorkerRoster } from "./worker_roster.ts";

/** The attempts that run, of all tasks at all workers. */
export class AttemptBook {
  readonly board: TaskBoard;
  readonly workers: WorkerRoster = new WorkerRoster();
  /** Time of the event that is being handled, in milliseconds. */
  nowMs: number;
  /** Attempts that were begun, and those of them that were backups. */
  readonly begun = { all: 0, backups: 0 };
  readonly #options: SchedulerOptions;
  readonly #durations = { map: new SortedNumbers(), reduce: new SortedNumbers() };
  #actions: SchedulerAction[] = [];

  /** No attempt yet. */
  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.nowMs = options.nowMs;
    this.board = new TaskBoard(options.maps, options.reduces);
  }

  /** Notes what is to be done. */
  act(action: SchedulerAction): void {
    this.#actions.push(action);
  }

  /** What is to be done since it was asked last. */
  takeActions(): SchedulerAction[] {
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  /** Begins an attempt. */
  start(task: TaskState, worker: WorkerState, isBackup: boolean): void {
    const { kind, task: number } = task;
    const name = { epoch: this.#options.epoch, kind, task: number, attempt: task.nextAttempt() };
    const startedMs = this.nowMs;
    this.board.begin(task, { name, worker: worker.id, startedMs, progressMs: startedMs });
    worker.running++;
    this.begun.all++;
    if (isBackup) {
      this.begun.backups++;
      task.backups++;
    }
    this.act({ type: "start", worker: worker.id, name, isBackup });
  }

  /** An attempt is over. */
  end(task: TaskState, attempt: RunningAttempt): void {
    this.board.end(task, attempt);
    const worker = this.workers.get(attempt.worker);
    if (worker !== undefined) worker.running--;
  }

  /** An attempt is over, and went well. */
  finish(task: TaskState, attempt: RunningAttempt): void {
    this.#durations[task.kind].add(this.nowMs - attempt.startedMs);
    this.end(task, attempt);
    this.workers.get(attempt.worker)?.suspects.clear();
  }

  /** Ends an attempt that nobody wants any more. */
  cancel(task: TaskState, attempt: RunningAttempt, reason: CancelReason): void {
    this.end(task, attempt);
    this.act({ type: "cancel", worker: attempt.worker, name: attempt.name, reason });
  }

  /** Ends all attempts of a task. */
  cancelAll(task: TaskState, reason: CancelReason): void {
    for (const attempt of [...task.running]) this.cancel(task, attempt, reason);
  }

  /** Whether an attempt takes so long that another worker shall try the same. */
  isLate({ kind }: TaskState, attempt: RunningAttempt | undefined): boolean {
    const { backupMs, backupFactor } = this.#options.limits;
    const median = this.#durations[kind].median;
    if (attempt === undefined || median === undefined) return false;
    if (kind === "reduce" && !this.board.mapsAreDone) return false; // it waits
    return this.nowMs - attempt.startedMs > Math.max(backupMs, backupFactor * median);
  }
}
