/** What a worker needs, and what it tells. */
import type { Clock } from "../../clock/clock.ts";
import type { MemoryBudget } from "../../transport/memory_budget.ts";
import type { Address, Network } from "../../transport/network.ts";
import type { Token } from "../../transport/token.ts";
import type { Input } from "../input/input.ts";
import type { AttemptName } from "./attempt_name.ts";
import type { Folder } from "./folder.ts";
import type { OpenRunner } from "./task_runner.ts";

/** What a worker is made of. */
export interface WorkerParts {
  readonly clock: Clock;
  readonly network: Network;
  readonly coordinator: Address;
  /** Proves that it belongs to the run; other workers prove the same to it. */
  readonly token: Token | undefined;
  /** Id of this process, unlike any other of the run: 1 to 64 of letters, digits, `. _ -`. */
  readonly id: string;
  /** Keeps others from joining by that id, which other workers are told. @default {none} */
  readonly secret?: string | undefined;
  /** Name of the machine, for people. */
  readonly host: string;
  readonly pid: number;
  /** Tasks at once. */
  readonly slots: number;
  /** Address on which other workers fetch runs. */
  readonly shuffleHost: string;
  /**
   * Name or address by which other workers reach this machine. @default {what the coordinator sees}
   */
  readonly advertisedHost?: string | undefined;
  /** A folder of its own, empty: for map outputs and runs. */
  readonly folder: Folder;
  readonly openRunner: OpenRunner;
  /** Path of the worker's own copy of an input, if it is the same. */
  readonly ownCopy: (input: Input) => Promise<string | undefined>;
  /** Time to wait for the coordinator, at the start and when it is lost, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends the worker. */
  readonly signal: AbortSignal;
  readonly onEvent?: (event: WorkerEvent) => void;
  readonly random?: () => number;
  readonly budget?: MemoryBudget;
  /** What the coordinator must have, too. @default {ENGINE_VERSION} */
  readonly version?: string;
}

/** Something that somebody may want to see. */
export type WorkerEvent =
  | { readonly type: "joined"; readonly run: string; readonly epoch: number }
  | { readonly type: "waiting"; readonly delayMs: number; readonly message: string }
  | { readonly type: "started" | "done"; readonly name: AttemptName }
  | { readonly type: "failed" | "cancelled"; readonly name: AttemptName; readonly message: string };

/** How a worker ended: what became of the job, or that the coordinator did not come back. */
export interface WorkerEnd {
  /** `over`: it came when the job was over, and nobody said how. */
  readonly outcome: "done" | "partial" | "failed" | "interrupted" | "over" | "lost" | string;
  /** Why the coordinator could not be reached. */
  readonly message?: string;
}
