/** What runs tasks: threads in a worker, a plain function in tests. */
import type { Input } from "../input/input.ts";
import type { Problem } from "../input/problem.ts";
import type { Split } from "../input/split.ts";
import type { AttemptName } from "./attempt_name.ts";
import type { Folder } from "./folder.ts";
import type { Counters, JobNotice, RunPart, SkippedRecord } from "./messages.ts";

/** An input, and the worker's own copy of it. */
export interface TaskInput {
  readonly input: Input;
  /** Path of a copy that is known to be the same; without it, bytes come from the coordinator. */
  readonly path?: string;
}

/** A map attempt. */
export interface MapWork {
  readonly name: AttemptName;
  readonly splits: readonly Split[];
  readonly inputs: readonly TaskInput[];
  /** Where the output goes: one file, the runs of all partitions one behind the other. */
  readonly folder: Folder;
  /** Name of that file; names that begin with it are the attempt's own, for spills. */
  readonly file: string;
}

/** What a map attempt gave. */
export interface MapOutcome {
  /** By partition. */
  readonly parts: readonly RunPart[];
  readonly counters: Counters;
  readonly problems: readonly Problem[];
  readonly skipped: readonly SkippedRecord[];
}

/** A run on the disk of the worker. */
export interface LocalRun {
  /** The map attempt that made it. */
  readonly source: AttemptName;
  readonly file: string;
  readonly startByte: number;
  readonly bytes: number;
}

/** A reduce attempt, when all runs are here. */
export interface ReduceWork {
  readonly name: AttemptName;
  /** In the order of the map tasks. */
  readonly runs: readonly LocalRun[];
  readonly folder: Folder;
  /** Names that begin with it are the attempt's own. */
  readonly file: string;
}

/** What a reduce attempt gave. */
export interface ReduceOutcome {
  readonly counters: Counters;
  readonly skipped: readonly SkippedRecord[];
}

/** What an attempt may do while it runs. */
export interface TaskHandle {
  /** Aborts when nobody wants the attempt any more. */
  readonly signal: AbortSignal;
  /**
   * Tells how far it is: bytes and records since its start, and bytes that did not fit into memory.
   * A sign of life; cheap.
   */
  progress(bytes: number, records: number, status?: string, spilledBytes?: number): void;
  /**
   * Bytes of an input without a copy here: as many as there are, up to `length`.
   *
   * @throws {Error}
   */
  readInput(input: number, offset: number, length: number): Promise<Uint8Array>;
  /** Takes output of a reduce attempt; resolves when it may go on. */
  write(bytes: Uint8Array): Promise<void>;
}

/** Runs tasks of one job. */
export interface TaskRunner extends AsyncDisposable {
  /** @throws {TaskError} */
  runMap(work: MapWork, handle: TaskHandle): Promise<MapOutcome>;
  /** @throws {TaskError} */
  runReduce(work: ReduceWork, handle: TaskHandle): Promise<ReduceOutcome>;
}

/** Makes what runs the tasks of a job. @throws {Error} when this worker cannot */
export type OpenRunner = (job: JobNotice, folder: Folder) => Promise<TaskRunner>;

/** A task that cannot be done. The message is one line. */
export class TaskError extends Error {
  override name = "TaskError";
  /** Whether it is the worker's trouble, such as a full disk, and not the task's. */
  readonly isWorkers: boolean;
  /** Whether trying again cannot help. */
  readonly isFinal: boolean;
  /** The map output that is corrupt, when that is why. */
  readonly badSource: AttemptName | undefined;

  /** The fields are false, or absent, unless given. */
  constructor(message: string, options: Partial<Omit<TaskError, keyof Error>> = {}) {
    super(message);
    this.isWorkers = options.isWorkers ?? false;
    this.isFinal = options.isFinal ?? false;
    this.badSource = options.badSource;
  }
}
