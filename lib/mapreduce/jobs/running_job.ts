/** A job that is open: what a task thread calls. */
import type { Clock } from "../../clock/clock.ts";
import type { BodyPiece, InputRecord } from "../input/record.ts";
import type { Combine } from "../kernel/combine.ts";
import type { SinkOf } from "../kernel/partition_writers.ts";
import type { RunCursor } from "../kernel/run_cursor.ts";
import type { RunSummary } from "../kernel/run_format.ts";
import type { SpillStore } from "../kernel/spill_store.ts";
import type { Kernel } from "../kernel/word_counter_options.ts";
import type { Counts } from "./counts.ts";
import type { Spawner } from "./spawner.ts";

/** What a job needs of the world. */
export interface JobParts {
  readonly kernel: Kernel;
  /** Memory for what a task holds, in bytes. */
  readonly memoryBytes: number;
  readonly spawner: Spawner;
  readonly clock: Clock;
}

/** Takes a key and a value; the views are good during the call. */
export type Emit = (key: Uint8Array, value: Uint8Array) => void;

/** What a map task reads, in (input, offset) order. A job asks for one of the two, once. */
export interface MapInput {
  /** Batches of records; valid until the next batch is asked for. */
  records(): AsyncIterable<readonly InputRecord[]>;
  /** The same text without places, and without a limit to the size of a record. */
  pieces(): AsyncIterable<readonly BodyPiece[]>;
  /** Name of an input, for messages and as the document of its lines. */
  nameOf(input: number): string;
}

/** What a task may do while it runs. */
export interface TaskSigns {
  /** Aborts when nobody wants the task any more. */
  readonly signal: AbortSignal;
  /** A sign of life, with what the job says of itself. */
  alive(status?: string): void;
}

/** A record or group that was left out. */
export interface Skipped {
  /** Number of the input; `undefined` for a group. */
  readonly input?: number | undefined;
  /** Where the record begins. */
  readonly offset?: number | undefined;
  /** One line for people: why, and of a group which. */
  readonly message: string;
}

/** What a step says of itself when it is through. */
export interface StepReport {
  /** The job's own counters, as `group:counter`. */
  readonly counts: Counts;
  readonly skipped: readonly Skipped[];
}

/** Where the runs of a map task go. */
export interface MapOutput {
  readonly partitions: number;
  readonly spills: SpillStore;
  readonly sinkOf: SinkOf;
}

/** What a map task gave. */
export interface MapReport extends StepReport {
  /** By partition. */
  readonly runs: readonly RunSummary[];
  /** Entries emitted, before they were combined. */
  readonly emitted: number;
  /** How often memory was not enough. */
  readonly spills: number;
}

/**
 * A job that is open. One step at a time; the same input gives the same output, whoever runs it.
 * Steps throw {@linkcode JobError} when the job cannot be done, and the signal's reason.
 */
export interface RunningJob extends AsyncDisposable {
  /** Makes fewer values of those of a key, before they travel. */
  readonly combine: Combine | "sum" | undefined;
  /** Emits what the records give, in order. */
  map(input: MapInput, emit: Emit, signs: TaskSigns): Promise<StepReport>;
  /** A quicker way to the same runs than sorting what `map` emits. */
  mapRuns?(input: MapInput, output: MapOutput, signs: TaskSigns): Promise<MapReport>;
  /**
   * Emits what the groups of a partition give; entries come sorted by key, and the values of a key in
   * (input, offset) order. Where `emit` gives back a promise, it is awaited before much more comes.
   */
  reduce(cursor: RunCursor, emit: ReduceEmit, signs: TaskSigns): Promise<StepReport>;
}

/** Takes a line of the output; the views are good during the call. */
export type ReduceEmit = (key: Uint8Array, value: Uint8Array) => void | Promise<void>;
