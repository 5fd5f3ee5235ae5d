/** Tells workers what to do, and keeps in mind who does what. */
import { attemptKey } from "./attempt_name.ts";
import type { EngineEvents } from "./engine_events.ts";
import type { JobPlan } from "./job_plan.ts";
import type { Source } from "./messages.ts";
import { mapreduceService } from "./protocol.ts";
import type { SchedulerAction, Winner } from "./scheduler_types.ts";
import type { WorkerLine } from "./worker_line.ts";

const { cancel, moved, runMap, runReduce } = mapreduceService.kinds;

/** What orders are made of. */
export interface WorkerOrdersParts {
  readonly plan: Pick<JobPlan, "tasks" | "inputs">;
  /** The workers that are here, by id. */
  readonly lines: ReadonlyMap<string, WorkerLine>;
  readonly events: EngineEvents;
  /** The winners of map tasks whose outputs can be fetched. */
  readonly winners: () => readonly Winner[];
}

/** Tells workers what to do. Who has left is told nothing. */
export class WorkerOrders {
  readonly #parts: WorkerOrdersParts;

  /** Nothing is told yet. */
  constructor(parts: WorkerOrdersParts) {
    this.#parts = parts;
  }

  /** An attempt begins. @param nowMs time of the coordinator, for the screen */
  start(
    { worker, name, isBackup }: SchedulerAction & { readonly type: "start" },
    nowMs: number,
  ): void {
    const { plan, lines, events, winners } = this.#parts;
    const line = lines.get(worker);
    if (line === undefined) return;
    line.begin(name, isBackup, nowMs);
    events.started(line, name, isBackup);
    if (name.kind === "map") {
      const splits = plan.tasks[name.task]?.splits ?? [];
      const numbers = new Set(splits.map(({ input }) => input));
      const inputs = [...numbers].flatMap((number) => plan.inputs[number] ?? []);
      return line.post.post(runMap, { name, splits, inputs });
    }
    const sources = winners().flatMap((winner) => this.#sourceOf(winner) ?? []);
    line.post.post(runReduce, { name, sources });
  }

  /** An attempt ends, or what it made goes. */
  cancel({ worker, name, reason }: SchedulerAction & { readonly type: "cancel" }): void {
    const line = this.#parts.lines.get(worker);
    if (line === undefined) return;
    if (line.attempts.has(attemptKey(name))) {
      line.end(name);
      this.#parts.events.ended(line, "cancelled", name, reason);
    }
    line.post.post(cancel, { name, reason });
  }

  /** A map output is somewhere else now: whoever reduces is told. */
  moved(winner: Winner): void {
    const source = this.#sourceOf(winner);
    if (source === undefined) return;
    for (const line of this.#parts.lines.values()) {
      if (isReducing(line)) line.post.post(moved, { sources: [source] });
    }
  }

  #sourceOf({ worker, epoch, kind, task, attempt }: Winner): Source | undefined {
    const line = this.#parts.lines.get(worker);
    if (line === undefined) return undefined;
    const port = line.join?.shufflePort ?? 0;
    return { name: { epoch, kind, task, attempt }, worker, host: line.host, port };
  }
}

function isReducing({ attempts }: WorkerLine): boolean {
  return [...attempts.values()].some(({ name }) => name.kind === "reduce");
}
