import { ExitCode } from "../config/exit_code.ts";
import type { RunContext } from "../context.ts";
import type { JobFlags } from "./jobs/describe_job.ts";
import { openJob } from "./jobs/open_job.ts";
import { LineOutput } from "./jobs/step/line_output.ts";
import { LinesCursor } from "./jobs/step/lines_cursor.ts";
import { reportStep, stepSigns } from "./jobs/step/report_step.ts";
import { stepJob } from "./jobs/step/step_job.ts";
import { untilClosed } from "./jobs/step/until_closed.ts";
import { STEP_MEMORY_BYTES } from "./map_step.ts";

/**
 * `tram mapreduce reduce`: the reducer of a job by the contract of Hadoop Streaming. Standard input is
 * what `map` wrote, sorted; lines of `key TAB value` go to standard output.
 */
export function reduceStep(context: RunContext, flags: JobFlags): Promise<ExitCode> {
  return untilClosed(() => runStep(context, flags));
}

async function runStep(context: RunContext, flags: JobFlags): Promise<ExitCode> {
  const { signal, clock } = context;
  const description = await stepJob(context, flags);
  if (description === undefined) return ExitCode.Usage;
  const pipe = await context.bytePipe();
  const parts = { kernel: "wasm", memoryBytes: STEP_MEMORY_BYTES, clock } as const;
  await using job = await openJob(description, { ...parts, spawner: await context.spawner() });
  const cursor = new LinesCursor(pipe.read(signal));
  const output = new LineOutput(pipe);
  const report = await job.reduce(
    cursor,
    (key, value) => output.add(key, value),
    stepSigns(context),
  );
  await output.flush();
  if (signal.aborted) return ExitCode.Interrupted;
  reportStep(context, report, { "lines read": cursor.records, "lines written": output.lines });
  return report.skipped.length > 0 ? ExitCode.Partial : ExitCode.Done;
}
