import { attemptKey, type AttemptName } from "../engine/attempt_name.ts";
import type { EngineStatus } from "../engine/coordinator_types.ts";
import type { JobPlan } from "../engine/job_plan.ts";

/** How far a job is that runs in this process, in the words of the engine. */
export class AloneProgress {
  readonly #plan: JobPlan;
  readonly #taskBytes: readonly number[];
  readonly #done = { map: 0, reduce: 0 };
  #doneBytes = 0;
  #now: { readonly name: AttemptName; bytes: number; records: number } | undefined;

  constructor(plan: JobPlan) {
    this.#plan = plan;
    this.#taskBytes = plan.tasks.map(({ splits }) =>
      splits.reduce((sum, { startByte, endByte }) => sum + endByte - startByte, 0)
    );
  }

  /** A task is so far; those that came before are done. */
  update(name: AttemptName, bytes: number, records: number): void {
    const before = this.#now?.name;
    if (before !== undefined && attemptKey(before) !== attemptKey(name)) {
      this.#done[before.kind]++;
      if (before.kind === "map") this.#doneBytes += this.#taskBytes[before.task] ?? 0;
    }
    this.#now = { name, bytes, records };
  }

  /** How far it is. */
  status(): EngineStatus {
    const kind = this.#now?.name.kind ?? "map";
    const attempts = this.#now === undefined
      ? []
      : [{ ...this.#now, startedMs: 0, isBackup: false, status: "" }];
    return {
      phase: kind,
      done: { ...this.#done },
      running: { map: kind === "map" ? 1 : 0, reduce: kind === "reduce" ? 1 : 0 },
      total: { map: this.#plan.tasks.length, reduce: this.#plan.partitions },
      workers: 1,
      attempts: this.#done.map + this.#done.reduce + attempts.length,
      ...{ backups: 0, refused: 0, relayedBytes: 0, sentInputBytes: 0 },
      inputBytes: {
        total: this.#taskBytes.reduce((sum, bytes) => sum + bytes, 0),
        done: this.#doneBytes,
      },
      workersNow: [{
        ...{ worker: "self", label: "this process", slots: 1, isShunned: false, attempts },
      }],
    };
  }
}
