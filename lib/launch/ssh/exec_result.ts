import type { MachineResult } from "./each_machine.ts";

/** A command that has run on a machine. */
export interface ExecRun {
  readonly code: number;
  /** Standard output, as far as it was kept. */
  readonly output: string;
  /** Standard error, as far as it was kept. */
  readonly errors: string;
  /** Bytes that were not kept. */
  readonly lostBytes: number;
  /** Milliseconds, with those for getting there. */
  readonly tookMs: number;
}

/** How a command went on a machine. */
export type ExecResult = MachineResult<ExecRun>;
