import type { RunContext } from "../context.ts";
import { InputError } from "./input/input_source.ts";
import { planTasks } from "./input/plan_tasks.ts";
import { resolveInputs } from "./input/resolve_inputs.ts";
import type { JobPlan } from "./engine/job_plan.ts";
import type { JobDescription } from "./jobs/job_description.ts";
import { longestSilenceMs } from "./jobs/longest_silence.ts";
import { inputsOf, type RunFlags } from "./run_flags.ts";

/**
 * Finds out what is to be read, and cuts it into tasks.
 *
 * @throws {Error} of one line, when an input means nothing or cannot be read
 */
export async function makePlan(
  { signal, inputFiles }: RunContext,
  flags: RunFlags,
  description: JobDescription,
): Promise<JobPlan> {
  const files = await inputFiles();
  const isWhole = flags.verifyInputs;
  const inputs = await resolveInputs(inputsOf(flags), files, { isWhole, signal });
  try {
    const tasks = await planTasks(inputs, files, { signal });
    const { partitions, onError } = flags;
    const silenceMs = longestSilenceMs(description, flags.jobTimeout);
    return { job: JSON.stringify(description), inputs, tasks, partitions, onError, silenceMs };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new Error(`Cannot use the inputs: one of them ${error.message}`, { cause: error });
  }
}
