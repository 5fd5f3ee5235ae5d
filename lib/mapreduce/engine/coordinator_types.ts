/** What a coordinator needs, and what it tells. */
import type { Clock } from "../../clock/clock.ts";
import type { ServerEvent } from "../../transport/listen.ts";
import type { MemoryBudget } from "../../transport/memory_budget.ts";
import type { Address, Network } from "../../transport/network.ts";
import type { Token } from "../../transport/token.ts";
import type { Problem } from "../input/problem.ts";
import type { AttemptName } from "./attempt_name.ts";
import type { EngineLimits } from "./engine_limits.ts";
import type { Folder } from "./folder.ts";
import type { OpenInput } from "./input_desk.ts";
import type { JobPlan } from "./job_plan.ts";
import type { SchedulerCounts } from "./scheduler_types.ts";
import type { AttemptStatus } from "./worker_line.ts";

/** What a coordinator is made of. */
export interface CoordinatorParts {
  readonly clock: Clock;
  readonly network: Network;
  /** Where workers come to; port 0 lets the system choose. */
  readonly address: Address;
  /** Who may come; `undefined`: everybody. */
  readonly tokens: readonly Token[] | undefined;
  readonly plan: JobPlan;
  /** The output folder, which is there. */
  readonly output: Folder;
  /** Goes on with the job whose journal is in the output folder. */
  readonly isResumed: boolean;
  /** Id of the run, if this is its start: 1 to 64 of letters, digits, `. _ -`. */
  readonly run: string;
  /** Opens an input, for workers without a copy. */
  readonly openInput: OpenInput;
  /** Ends the job; it can be resumed. */
  readonly signal: AbortSignal;
  /** Told what happens; must not throw. */
  readonly onEvent?: (event: EngineEvent) => void;
  /** Told who comes, goes, and is not let in; must not throw. */
  readonly onServerEvent?: ((event: ServerEvent) => void) | undefined;
  /** @default {ENGINE_LIMITS} */
  readonly limits?: Partial<EngineLimits>;
  readonly budget?: MemoryBudget;
  /** What workers must have, too. @default {ENGINE_VERSION} */
  readonly version?: string;
}

/** Something that somebody may want to see. */
export type EngineEvent =
  | { readonly type: "listening"; readonly address: Address }
  | {
    readonly type: "worker";
    readonly change: "joined" | "left" | "shunned" | "refused";
    readonly worker: string;
    /** Machine and process. */
    readonly label: string;
    readonly slots: number;
    /** Why it left, or was refused. */
    readonly message?: string;
  }
  | {
    readonly type: "attempt";
    readonly change: "started" | "won" | "failed" | "cancelled";
    readonly name: AttemptName;
    readonly worker: string;
    readonly label: string;
    readonly isBackup?: boolean;
    /** Why it failed or was cancelled. */
    readonly message?: string;
  }
  /** Something of an input is not in the output. */
  | { readonly type: "problem"; readonly problem: Problem }
  | { readonly type: "lost"; readonly task: number; readonly message: string };

/** A worker, for the screen. */
export interface WorkerStatus {
  readonly worker: string;
  readonly label: string;
  readonly slots: number;
  readonly isShunned: boolean;
  readonly attempts: readonly AttemptStatus[];
}

/** Stored bytes of inputs: of all map tasks, and of those that are done. */
export interface MappedBytes {
  readonly total: number;
  readonly done: number;
  /** Those of `done` that earlier runs of a resumed job have done. */
  readonly earlier: number;
}

/** How far a job is. */
export interface EngineStatus extends SchedulerCounts {
  /** Stored bytes of inputs. */
  readonly inputBytes: MappedBytes;
  /** Reduce tasks that earlier runs of a resumed job have done. */
  readonly earlierReduces: number;
  /** Bytes that went through the coordinator from worker to worker. */
  readonly relayedBytes: number;
  /** Bytes of inputs that were sent to workers. */
  readonly sentInputBytes: number;
  /** Bytes that did not fit into memory: of winners, and of attempts that run. */
  readonly spilledBytes: number;
  readonly workersNow: readonly WorkerStatus[];
}
