import type { ExitCode } from "../config/exit_code.ts";
import type { RunContext } from "../context.ts";

/** `tram mapreduce sandbox`: the process that a worker starts for a user's job. Ends by itself. */
export async function sandboxStep(context: RunContext): Promise<ExitCode> {
  return await context.runSandbox();
}
