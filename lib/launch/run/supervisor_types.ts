/** What a supervisor is told, says and knows. */
import type { ExitCode } from "../../config/exit_code.ts";
import type { RolePlan } from "./launch_plan.ts";

/** Something that happened. */
export type SupervisorEvent =
  | { readonly type: "begin" }
  | { readonly type: "started"; readonly copy: string; readonly pid: number }
  /** It could not be started. */
  | {
    readonly type: "failed";
    readonly copy: string;
    readonly message: string;
    /** Exit code that stands for the reason. @default {failed} */
    readonly code?: ExitCode;
  }
  | {
    readonly type: "ready";
    readonly copy: string;
    readonly values: Readonly<Record<string, string>>;
  }
  | {
    readonly type: "exited";
    readonly copy: string;
    readonly code: number;
    readonly signal: string | null;
  }
  /** Its machine is gone. */
  | {
    readonly type: "lost";
    readonly copy: string;
    readonly why: string;
    /** Exit code that stands for the reason. */
    readonly code: ExitCode;
  }
  | { readonly type: "tick" }
  /** The user wants an end. */
  | { readonly type: "interrupt" };

/** Something to do. */
export type SupervisorAction =
  | { readonly type: "start" | "stop"; readonly copy: string }
  | { readonly type: "restart"; readonly copy: string; readonly inMs: number; readonly why: string }
  /** Everything is being stopped from now on. */
  | { readonly type: "ending"; readonly why: string | undefined }
  | { readonly type: "over"; readonly result: LaunchResult };

/** Where a copy is. */
export type CopyPhase =
  | "waiting"
  | "starting"
  | "ready"
  | "back-off"
  | "stopping"
  | "ended";

/** What is known of a copy. */
export interface CopyState {
  readonly name: string;
  readonly role: RolePlan;
  /** From 1. */
  readonly index: number;
  phase: CopyPhase;
  /** Of the process that runs, or ran last. */
  pid: number | undefined;
  /** Times that it was started again in a row. */
  restarts: number;
  /** How it ended; `undefined` before, or when it never ran. */
  code: number | undefined;
  /** Values of its line that says that it is ready. */
  values: Readonly<Record<string, string>>;
  /** Whether it has been ready since it was started last, or ended as it should. */
  hasBeenReady: boolean;
  startedMs: number;
  /** When it is due: to be ready, or to be started again. */
  dueMs: number;
  /** Why it is stopped although everything else goes on. */
  complaint: string | undefined;
}

/** Why something did not go as it should. */
export interface LaunchFailure {
  readonly copy: string;
  readonly code: number;
  readonly why: string;
  readonly required: boolean;
}

/** How it ended. */
export interface LaunchResult {
  readonly code: number;
  readonly failures: readonly LaunchFailure[];
}
