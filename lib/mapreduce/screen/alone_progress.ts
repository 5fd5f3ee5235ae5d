import type { AttemptName } from "../engine/attempt_name.ts";
import type { EngineStatus } from "../engine/coordinator_types.ts";
import type { JobPlan } from "../engine/job_plan.ts";
import type { AttemptStatus } from "../engine/worker_line.ts";

/** How far a task is. */
export interface AloneTask {
  readonly bytes: number;
  readonly records: number;
  /** What it says of itself; absent: what it said before. */
  readonly status?: string | undefined;
  /** Bytes that did not fit into memory. */
  readonly spilledBytes?: number | undefined;
}

/** How far a job is that runs in this process, in the words of the engine. */
export class AloneProgress {
  readonly #plan: JobPlan;
  readonly #taskBytes: readonly number[];
  /** Tasks that this run has begun. */
  readonly #begun = { map: new Set<number>(), reduce: new Set<number>() };
  /** Bytes that did not fit into memory, by task: `map 0`. */
  readonly #spilled = new Map<string, number>();
  #now: Omit<AttemptStatus, "startedMs" | "isBackup"> | undefined;

  constructor(plan: JobPlan) {
    this.#plan = plan;
    this.#taskBytes = plan.tasks.map(({ splits }) =>
      splits.reduce((sum, { startByte, endByte }) => sum + endByte - startByte, 0)
    );
  }

  /** A task is so far; those with smaller numbers are done, by this run or an earlier one. */
  update(name: AttemptName, far: AloneTask): void {
    const { kind, task } = name;
    const { bytes, records, status, spilledBytes = 0 } = far;
    const before = this.#now?.name;
    const said = before?.kind === kind && before.task === task ? this.#now?.status : undefined;
    this.#begun[kind].add(task);
    this.#spilled.set(`${kind} ${task}`, spilledBytes);
    this.#now = { name, bytes, records, spilledBytes, status: status ?? said ?? "" };
  }

  /** How far it is. */
  status(): EngineStatus {
    const { kind = "map", task = 0 } = this.#now?.name ?? {};
    const { tasks, partitions } = this.#plan;
    const maps = kind === "map" ? task : tasks.length;
    const reduces = kind === "map" ? 0 : task;
    const { map, reduce } = this.#begun;
    const attempts = this.#now === undefined
      ? []
      : [{ ...this.#now, startedMs: 0, isBackup: false }];
    const before = this.#taskBytes.slice(0, maps);
    return {
      phase: kind,
      done: { map: maps, reduce: reduces },
      running: { map: kind === "map" ? 1 : 0, reduce: kind === "reduce" ? 1 : 0 },
      total: { map: tasks.length, reduce: partitions },
      workers: 1,
      attempts: map.size + reduce.size,
      ...{ backups: 0, refused: 0, relayedBytes: 0, sentInputBytes: 0 },
      inputBytes: {
        total: sum(this.#taskBytes),
        done: sum(before),
        earlier: sum(before.filter((_, i) => !map.has(i))),
      },
      earlierReduces: Math.max(0, reduces - (reduce.size - (kind === "reduce" ? 1 : 0))),
      spilledBytes: sum(this.#spilled.values()),
      workersNow: [{
        ...{ worker: "self", label: "this process", slots: 1, isShunned: false, attempts },
      }],
    };
  }
}

function sum(numbers: Iterable<number>): number {
  let all = 0;
  for (const number of numbers) all += number;
  return all;
}
