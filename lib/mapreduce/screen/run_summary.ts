import type { EngineStatus } from "../engine/coordinator_types.ts";
import type { JobPlan } from "../engine/job_plan.ts";
import type { JobResult } from "../engine/job_result.ts";
import type { TopCount } from "./top_counts.ts";

/** What there is to tell about a run that has ended. */
export interface RunSummary {
  /** Name of the job, for people. */
  readonly name: string;
  /** Path of the output folder, as it was given. */
  readonly output: string;
  readonly plan: JobPlan;
  readonly result: JobResult;
  /** How far the engine was in the end. */
  readonly status: EngineStatus | undefined;
  /** The largest counts, where they were asked for. */
  readonly top: readonly TopCount[] | undefined;
}
