import { ExitCode } from "../config/exit_code.ts";
import type { RunContext } from "../context.ts";

/** Flags of `tram chat replay`. */
export interface ReplayFlags {
  readonly file: string;
  readonly pair?: number | undefined;
  readonly json: boolean;
}

/** `tram chat replay`. */
export function replay(_context: RunContext, _flags: ReplayFlags): Promise<ExitCode> {
  return Promise.reject(new Error("Cannot replay yet"));
}
