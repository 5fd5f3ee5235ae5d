import { ExitCode } from "../../../config/exit_code.ts";
import { OutputClosed } from "../byte_pipe.ts";

/** Runs a step; says nothing when nobody wants more of its output. */
export async function untilClosed(step: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof OutputClosed) return ExitCode.Interrupted;
    throw error;
  }
}
