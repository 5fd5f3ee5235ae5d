/** What a worker and its task threads tell each other. */
import type { TaskInput } from "./task_runner.ts";
import type { Split } from "../input/split.ts";
import type { Kernel } from "../kernel/word_counter_options.ts";
import type { AttemptName } from "./attempt_name.ts";
import type { MapOutcome, ReduceOutcome } from "./task_runner.ts";
import type { ReduceBody } from "./task_body.ts";

/** What a thread is told. */
export type ToThread =
  /** First: the job. Answered by `opened` or `failed`. */
  | {
    readonly type: "open";
    /** JSON of a `JobDescription`. */
    readonly job: string;
    readonly partitions: number;
    readonly memoryBytes: number;
    readonly kernel: Kernel;
  }
  | {
    readonly type: "map";
    readonly splits: readonly Split[];
    readonly inputs: readonly TaskInput[];
    readonly path: string;
  }
  | ReduceBody & { readonly type: "reduce" }
  /** The attempt is not wanted any more. */
  | { readonly type: "abort" }
  /** Answers `read`. */
  | { readonly type: "bytes"; readonly id: number; readonly bytes: Uint8Array }
  | { readonly type: "no-bytes"; readonly id: number; readonly message: string }
  /** Answers `output`: one piece is gone. */
  | { readonly type: "written" }
  /** The last: gives everything back. Answered by `closed`. */
  | { readonly type: "close" };

/** What is wrong, as it crosses the border of a thread. */
export interface ThreadFailure {
  readonly message: string;
  readonly isWorkers: boolean;
  readonly isFinal: boolean;
  readonly badSource: AttemptName | undefined;
}

/** What a thread tells. */
export type FromThread =
  | { readonly type: "opened" }
  | { readonly type: "closed" }
  | {
    readonly type: "progress";
    readonly bytes: number;
    readonly records: number;
    readonly status: string | undefined;
    readonly spilledBytes: number | undefined;
  }
  | {
    readonly type: "read";
    readonly id: number;
    readonly input: number;
    readonly offset: number;
    readonly length: number;
  }
  | { readonly type: "output"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: "done"; readonly outcome: MapOutcome | ReduceOutcome }
  | { readonly type: "failed"; readonly failure: ThreadFailure };
