import type { RunContext } from "../context.ts";
import type { JobResult } from "./engine/job_result.ts";
import { LocalRunner } from "./engine/local_runner.ts";
import { runSequential } from "./engine/run_sequential.ts";
import type { JobDescription } from "./jobs/job_description.ts";
import { openJob } from "./jobs/open_job.ts";
import type { RunFlags } from "./run_flags.ts";
import { newRunId, type RunParts } from "./run_parts.ts";
import { AloneProgress } from "./screen/alone_progress.ts";

/** Runs a job in this process, one task after the other, by the plain code: the oracle of the rest. */
export async function runAlone(
  context: RunContext,
  flags: RunFlags,
  description: JobDescription,
  { host, plan, output, view }: RunParts,
): Promise<JobResult> {
  const { clock, signal } = context;
  const { memory: memoryBytes, resume: isResumed } = flags;
  await using temp = await host.makeTemp(flags.temp);
  const spawner = await context.spawner();
  const job = await openJob(description, { kernel: "plain", memoryBytes, clock, spawner });
  await using runner = new LocalRunner({
    ...{ job, memoryBytes, partitions: plan.partitions },
    files: host.taskFiles,
    inputFiles: await context.inputFiles(),
  });
  const progress = new AloneProgress(plan);
  using _ = view.watch(() => progress.status());
  return await runSequential({
    ...{ clock, signal, plan, output, isResumed, runner },
    run: newRunId(),
    folder: temp.folder,
    onProgress: (name, bytes, records, status, spilledBytes) => {
      view.begin();
      progress.update(name, { bytes, records, status, spilledBytes });
    },
    onEvent: (event) => view.event(event),
  });
}
