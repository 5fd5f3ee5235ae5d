import { ExitCode } from "../config/exit_code.ts";
import { UsageError } from "../config/usage_error.ts";
import type { RunContext } from "../context.ts";
import { safeText } from "../terminal/safe_text.ts";
import { LineError, LineErrorCode } from "../transport/line_error.ts";
import type { JobResult } from "./engine/job_result.ts";
import type { MapreduceHost, OutputFolder } from "./host.ts";
import { stepJob } from "./jobs/step/step_job.ts";
import { makePlan } from "./make_plan.ts";
import { runAlone } from "./run_alone.ts";
import { runCrew } from "./run_crew.ts";
import { checkRunFlags, type RunFlags } from "./run_flags.ts";
import { RunView } from "./screen/run_view.ts";
import { topCounts } from "./screen/top_counts.ts";

/**
 * `tram mapreduce run`: runs a job over files, here or with the help of others.
 *
 * @throws {Error} when the job fails, after saying how far it came
 */
export async function run(context: RunContext, flags: RunFlags): Promise<ExitCode> {
  checkRunFlags(flags);
  const description = await stepJob(context, flags);
  if (description === undefined) return ExitCode.Usage;
  const host = await context.mapreduceHost();
  const output = await openOutput(host, flags);
  const view = new RunView(context, flags, description);
  let result: JobResult;
  try {
    const plan = await makePlan(context, flags, description);
    view.planned(plan);
    const parts = { host, plan, output: output.folder, view };
    result = flags.workers === 0
      ? await runAlone(context, flags, description, parts)
      : await runCrew(context, flags, parts);
  } catch (error) {
    // Nothing was done that somebody could want to go on with.
    if (!view.hasBegun) await output.discard();
    throw error;
  }
  const { outcome, counters } = result;
  // Where no task got through there is nothing to go on with, and often the job has to be mended.
  if (outcome === "failed" && Object.keys(counters).length === 0) await output.discard();
  const isWhole = outcome === "done" || outcome === "partial";
  const top = flags.top === undefined || !isWhole
    ? undefined
    : await topCounts(output.folder, result.parts.map(({ name }) => name), flags.top);
  await view.finish(result, top);
  if (outcome === "failed") throw failureOf(result);
  return exitCodeOf(outcome);
}

/** @throws {UsageError} when it is there and should not be, or the other way round */
async function openOutput(
  host: MapreduceHost,
  { output: path, resume }: RunFlags,
): Promise<OutputFolder> {
  const output = await host.openOutput(path);
  if (output.wasThere === resume) return output;
  await output.discard();
  throw new UsageError(
    resume
      ? `Cannot resume ${path}: there is no such folder`
      : `Cannot write to ${path}: it is there already; name another --output, or go on with its ` +
        "run by --resume",
  );
}

function exitCodeOf(outcome: Exclude<JobResult["outcome"], "failed">): ExitCode {
  switch (outcome) {
    case "done":
      return ExitCode.Done;
    case "partial":
      return ExitCode.Partial;
    case "interrupted":
      return ExitCode.Interrupted;
  }
}

/** What a job that failed ends with. */
function failureOf({ code, message = "it failed" }: JobResult): Error {
  const line = `Cannot finish the job: ${safeText(message)}`;
  return code === "no-workers" ? new LineError(LineErrorCode.Unreachable, line) : new Error(line);
}
