/** What the scheduler knows of one task and of one worker. */
import type { AttemptName, TaskKind } from "./attempt_name.ts";
import type { Winner } from "./scheduler_types.ts";

/** An attempt that runs. */
export interface RunningAttempt {
  readonly name: AttemptName;
  readonly worker: string;
  readonly startedMs: number;
  progressMs: number;
}

/** One task. */
export class TaskState {
  readonly kind: TaskKind;
  readonly task: number;
  readonly running: RunningAttempt[] = [];
  /** Workers at which it failed. */
  readonly failedAt = new Set<string>();
  failures = 0;
  /** How often it was tried at another worker because it took long. */
  backups = 0;
  deaths = 0;
  /** When the last death was that counts. */
  diedMs = -Infinity;
  lastMessage = "";
  lastIsWorkers = false;
  /** The first attempt that got through; it counts once it is recorded. */
  winner: Winner | undefined;
  isRecorded = false;
  /** Whether a map output can be fetched where the winner says. */
  isThere = false;
  /** Given up: its input is lost. */
  isLost = false;
  /** Not to be run again before that time: its worker may come back. */
  notBeforeMs = -Infinity;
  #lastAttempt = 0;

  constructor(kind: TaskKind, task: number) {
    this.kind = kind;
    this.task = task;
  }

  /** The next number of an attempt. */
  nextAttempt(): number {
    return ++this.#lastAttempt;
  }

  /** Whether the job needs nothing more of it, as things are. */
  get isDone(): boolean {
    if (this.isLost) return true;
    return this.isRecorded && (this.kind === "reduce" || this.isThere);
  }

  /** Whether it waits for a worker. */
  isWaiting(nowMs: number): boolean {
    if (this.isDone || this.running.length > 0 || this.isBeingRecorded) return false;
    return nowMs >= this.notBeforeMs;
  }

  /** Between the end of the winner and its line in the journal. */
  get isBeingRecorded(): boolean {
    return this.winner !== undefined && !this.isRecorded;
  }
}

/** One worker. */
export interface WorkerState {
  readonly id: string;
  readonly slots: number;
  running: number;
  /** Tasks that failed here since one went well. */
  readonly suspects: Set<TaskState>;
  isShunned: boolean;
}
