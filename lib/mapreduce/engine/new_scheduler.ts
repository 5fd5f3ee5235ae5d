import type { CoordinatorParts } from "./coordinator_types.ts";
import { ENGINE_LIMITS } from "./engine_limits.ts";
import type { JobRecord } from "./job_record.ts";
import { Scheduler } from "./scheduler.ts";

/** The scheduler of a job, which goes on from what is recorded of it. */
export function newScheduler(
  { plan, limits: given }: Pick<CoordinatorParts, "plan" | "limits">,
  record: JobRecord,
  nowMs: number,
): Scheduler {
  const limits = { ...ENGINE_LIMITS, ...given };
  return new Scheduler({
    maps: plan.tasks.length,
    reduces: plan.partitions,
    epoch: record.epoch,
    skipsFailed: plan.onError === "skip",
    limits: { ...limits, stallMs: limits.stallMs + (plan.silenceMs ?? 0) },
    winners: record.winners(),
    lost: [...record.lost.keys()],
    nowMs,
  });
}
