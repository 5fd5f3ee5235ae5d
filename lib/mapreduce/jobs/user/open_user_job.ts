import type { UserJob } from "../job_description.ts";
import { reduceToSame, reduceToSums } from "../reduce_steps.ts";
import type { JobParts, RunningJob } from "../running_job.ts";
import { linkJob } from "./link_job.ts";
import { mapInSandbox } from "./map_in_sandbox.ts";
import { reduceInSandbox } from "./reduce_in_sandbox.ts";
import { Sandbox } from "./sandbox.ts";

/**
 * Opens a user's job: starts the process that runs it.
 *
 * @throws {JobError} when it cannot be loaded
 */
export async function openUserJob(job: UserJob, { spawner, clock }: JobParts): Promise<RunningJob> {
  const source = linkJob(job.name, job.source);
  const sandbox = new Sandbox({ job, source, spawner, clock });
  const has = await sandbox.open();
  return {
    combine: has.combine === "sum" ? "sum" : undefined,
    map: (input, emit, signs) => mapInSandbox(job, sandbox, input, emit, signs),
    reduce(cursor, emit, signs) {
      if (has.reduce === "sum") return reduceToSums(cursor, emit, signs);
      if (has.reduce === "none") return reduceToSame(cursor, emit, signs);
      return reduceInSandbox(job, sandbox, cursor, emit, signs);
    },
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  };
}
