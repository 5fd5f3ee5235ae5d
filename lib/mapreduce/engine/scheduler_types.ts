/** What the scheduler is told, and what it wants done. */
import type { AttemptName, TaskKind } from "./attempt_name.ts";
import type { EngineLimits } from "./engine_limits.ts";

/** A task that was done once and for all: its attempt, and the worker that has or had the output. */
export interface Winner extends AttemptName {
  readonly worker: string;
}

/** Options of a scheduler. */
export interface SchedulerOptions {
  /** Map tasks. */
  readonly maps: number;
  /** Partitions: one reduce task each. */
  readonly reduces: number;
  /** Epoch of this coordinator. */
  readonly epoch: number;
  /** Whether a map task that cannot be done is left out and named, and does not fail the job. */
  readonly skipsFailed: boolean;
  readonly limits: EngineLimits;
  /** Of a job that goes on: what is done. */
  readonly winners?: readonly Winner[];
  /** Of a job that goes on: map tasks that were given up. */
  readonly lost?: readonly number[];
  /** The time now, in milliseconds. */
  readonly nowMs: number;
}

/** Something that happened. */
export type SchedulerEvent =
  /** A worker is here; `holds` are the map outputs on its disk. */
  | {
    readonly type: "joined";
    readonly worker: string;
    readonly slots: number;
    readonly holds: readonly AttemptName[];
  }
  | { readonly type: "left"; readonly worker: string }
  | { readonly type: "progress"; readonly worker: string; readonly name: AttemptName }
  /** An attempt is through: a map output is on the worker's disk, a reduce output is here. */
  | { readonly type: "finished"; readonly worker: string; readonly name: AttemptName }
  | {
    readonly type: "failed";
    readonly worker: string;
    readonly name: AttemptName;
    readonly message: string;
    /** Whether it is the worker's trouble, such as a full disk, and not the task's. */
    readonly isWorkers: boolean;
    /** Whether trying again cannot help: it is the same everywhere. */
    readonly isFinal?: boolean | undefined;
  }
  /** The journal holds the winner. */
  | { readonly type: "recorded"; readonly name: AttemptName }
  /** The output of a map attempt cannot be had from the worker that made it. */
  | { readonly type: "output-lost"; readonly name: AttemptName }
  | { readonly type: "tick" };

/** Why an attempt ends before it is through. */
export type CancelReason =
  | "superseded"
  | "another-won"
  | "no-progress"
  | "makes-room"
  | "not-needed";

/** Something to do. */
export type SchedulerAction =
  | {
    readonly type: "start";
    readonly worker: string;
    readonly name: AttemptName;
    readonly isBackup: boolean;
  }
  | {
    readonly type: "cancel";
    readonly worker: string;
    readonly name: AttemptName;
    readonly reason: CancelReason;
  }
  /** Write it to the journal, then say `recorded`. */
  | { readonly type: "record"; readonly winner: Winner }
  /** Running reduce attempts fetch the output of this map task from there. */
  | { readonly type: "moved"; readonly winner: Winner }
  /** The map task is given up and left out: write it to the journal. */
  | { readonly type: "lost"; readonly task: number; readonly message: string }
  | { readonly type: "shunned"; readonly worker: string }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly code: JobFailureCode; readonly message: string };

/** Why a job fails. */
export type JobFailureCode = "task-failed" | "no-workers";

/** How far a job is. */
export interface SchedulerCounts {
  readonly phase: "map" | "reduce" | "over";
  readonly done: Readonly<Record<TaskKind, number>>;
  readonly running: Readonly<Record<TaskKind, number>>;
  readonly total: Readonly<Record<TaskKind, number>>;
  readonly workers: number;
  readonly attempts: number;
  readonly backups: number;
  readonly refused: number;
}
