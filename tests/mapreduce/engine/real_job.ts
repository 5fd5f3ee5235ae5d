/** Real files and real threads, for tests of the engine. */
import { systemClock } from "../../../lib/clock/system_clock.ts";
import type { Folder } from "../../../lib/mapreduce/engine/folder.ts";
import type { JobPlan } from "../../../lib/mapreduce/engine/job_plan.ts";
import type { JobResult } from "../../../lib/mapreduce/engine/job_result.ts";
import { LocalRunner } from "../../../lib/mapreduce/engine/local_runner.ts";
import { realFolder } from "../../../lib/mapreduce/engine/real_folder.ts";
import { runSequential } from "../../../lib/mapreduce/engine/run_sequential.ts";
import { realTaskFiles } from "../../../lib/mapreduce/engine/task_files.ts";
import { planTasks } from "../../../lib/mapreduce/input/plan_tasks.ts";
import { realInputFiles } from "../../../lib/mapreduce/input/real_input_files.ts";
import { resolveInputs } from "../../../lib/mapreduce/input/resolve_inputs.ts";
import type { JobDescription } from "../../../lib/mapreduce/jobs/job_description.ts";
import { openJob } from "../../../lib/mapreduce/jobs/open_job.ts";
import { realSpawner } from "../../../lib/mapreduce/jobs/real_spawner.ts";

/** A folder that goes with its test. */
export class Scratch implements AsyncDisposable {
  readonly path: string = Deno.makeTempDirSync();
  #count = 0;

  /** A new folder in it. */
  folder(): Folder {
    const path = `${this.path}/${++this.#count}`;
    Deno.mkdirSync(path);
    return realFolder(path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** A job over files. */
export async function planOf(
  job: JobDescription,
  paths: readonly string[],
  sizes: Parameters<typeof planTasks>[2] = {},
  partitions = 3,
): Promise<JobPlan> {
  const inputs = await resolveInputs([...paths], realInputFiles);
  const tasks = await planTasks(inputs, realInputFiles, sizes);
  return { job: JSON.stringify(job), inputs, tasks, partitions, onError: "fail" };
}

/** The plain way: one task after the other, with the twins in TypeScript. */
export async function sequential(
  scratch: Scratch,
  plan: JobPlan,
  memoryBytes = 1e6,
): Promise<{ readonly result: JobResult; readonly output: Folder }> {
  const output = scratch.folder();
  const description = JSON.parse(plan.job) as JobDescription;
  const clock = systemClock;
  const job = await openJob(description, {
    ...{ kernel: "plain", memoryBytes, spawner: realSpawner, clock },
  });
  const { partitions } = plan;
  await using runner = new LocalRunner({
    ...{ job, partitions, memoryBytes, files: realTaskFiles, inputFiles: realInputFiles },
  });
  const result = await runSequential({
    ...{ clock, plan, output, isResumed: false, run: "run-1", runner, folder: scratch.folder() },
    signal: new AbortController().signal,
  });
  return { result, output };
}

/** What is in the files of a folder. */
export async function textsOf(folder: Folder): Promise<Record<string, string>> {
  const names = [...await folder.list()].filter((name) => name !== "_journal").sort();
  return Object.fromEntries(
    names.map((name) => [name, Deno.readTextFileSync(folder.pathOf(name))]),
  );
}
