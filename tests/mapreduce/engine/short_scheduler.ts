/** A scheduler, and what it says, in short. */
import type { AttemptName } from "../../../lib/mapreduce/engine/attempt_name.ts";
import { ENGINE_LIMITS } from "../../../lib/mapreduce/engine/engine_limits.ts";
import { Scheduler } from "../../../lib/mapreduce/engine/scheduler.ts";
import type {
  SchedulerAction,
  SchedulerOptions,
} from "../../../lib/mapreduce/engine/scheduler_types.ts";

/** A scheduler that is spoken to in short. */
export function scheduler(options: Partial<SchedulerOptions> = {}) {
  const made = new Scheduler({
    ...{ maps: 2, reduces: 1, epoch: 1, skipsFailed: false, limits: ENGINE_LIMITS, nowMs: 0 },
    ...options,
  });
  let nowMs = 0;
  return {
    made,
    wait: (byMs: number) => {
      nowMs += byMs;
      return made.handle({ type: "tick" }, nowMs);
    },
    join: (worker: string, slots = 1, holds: readonly AttemptName[] = []) =>
      made.handle({ type: "joined", worker, slots, holds }, nowMs),
    leave: (worker: string) => made.handle({ type: "left", worker }, nowMs),
    progress: (worker: string, name: AttemptName) =>
      made.handle({ type: "progress", worker, name }, nowMs),
    /** Finishes and is recorded. */
    finish: (worker: string, name: AttemptName) => [
      ...made.handle({ type: "finished", worker, name }, nowMs),
      ...made.handle({ type: "recorded", name }, nowMs),
    ],
    finishOnly: (worker: string, name: AttemptName) =>
      made.handle({ type: "finished", worker, name }, nowMs),
    fail: (worker: string, name: AttemptName, isWorkers = false) =>
      made.handle({ type: "failed", worker, name, message: "it broke", isWorkers }, nowMs),
    loseOutput: (name: AttemptName) => made.handle({ type: "output-lost", name }, nowMs),
  };
}

/** Actions in short: `start a map 0 #1`. */
export function short(actions: readonly SchedulerAction[]): string[] {
  const of = ({ kind, task, attempt }: AttemptName) => `${kind} ${task} #${attempt}`;
  return actions.map((action) => {
    switch (action.type) {
      case "start":
        return `${action.isBackup ? "backup" : "start"} ${action.worker} ${of(action.name)}`;
      case "cancel":
        return `cancel ${action.worker} ${of(action.name)}: ${action.reason}`;
      case "record":
      case "moved":
        return `${action.type} ${action.winner.worker} ${of(action.winner)}`;
      case "lost":
        return `lost ${action.task}`;
      case "shunned":
        return `shunned ${action.worker}`;
      case "done":
        return "done";
      case "failed":
        return `failed ${action.code}: ${action.message}`;
    }
  });
}

export const map = (task: number, attempt = 1): AttemptName => ({
  epoch: 1,
  kind: "map",
  task,
  attempt,
});
export const reduce = (task: number, attempt = 1): AttemptName => ({
  ...{ epoch: 1, kind: "reduce", task, attempt },
});
