/** The workers that are here, and which of them gets the next task. */
import type { TaskState, WorkerState } from "./task_state.ts";

/** The workers that are here. */
export class WorkerRoster {
  readonly #workers = new Map<string, WorkerState>();

  /** How many are here. */
  get size(): number {
    return this.#workers.size;
  }

  /** The worker of that id, if it is here. */
  get(id: string): WorkerState | undefined {
    return this.#workers.get(id);
  }

  /** All that are here. */
  all(): Iterable<WorkerState> {
    return this.#workers.values();
  }

  /** A worker has come. */
  add(id: string, slots: number): void {
    this.#workers.set(id, { id, slots, running: 0, suspects: new Set(), isShunned: false });
  }

  /** A worker is gone. @returns whether it was here */
  remove(id: string): boolean {
    if (!this.#workers.delete(id)) return false;
    // Rather all of them than none.
    if (this.#isOutOfUse()) {
      for (const worker of this.#workers.values()) {
        worker.isShunned = false;
      }
    }
    return true;
  }

  /** Whether some worker has room. */
  hasRoom(): boolean {
    for (const worker of this.#workers.values()) if (hasRoom(worker)) return true;
    return false;
  }

  /** Who gets a task: the one with the most room of those where it did not fail, if there is one. */
  choose(task: TaskState): WorkerState | undefined {
    return this.isTriedEverywhere(task)
      ? this.#freest(() => true)
      : this.#freest(({ id }) => !task.failedAt.has(id));
  }

  /** Who tries a task that runs somewhere already. */
  chooseBackup(task: TaskState): WorkerState | undefined {
    return this.#freest((worker) => this.canTakeOver(task, worker));
  }

  /** Whether a worker, if it has room, may try a task that it has not tried and does not run. */
  canTakeOver({ running, failedAt }: TaskState, { id, isShunned }: WorkerState): boolean {
    return !isShunned && !failedAt.has(id) && running.every(({ worker }) => worker !== id);
  }

  /** Whether the task has failed at each worker. */
  isTriedEverywhere(task: TaskState): boolean {
    for (const { id, isShunned } of this.#workers.values()) {
      if (!isShunned && !task.failedAt.has(id)) return false;
    }
    return true;
  }

  /** Gives a worker nothing more, unless it is the last. @returns whether that is new */
  shun(worker: WorkerState): boolean {
    if (worker.isShunned) return false;
    worker.isShunned = true;
    if (!this.#isOutOfUse()) return true;
    worker.isShunned = false;
    return false;
  }

  #isOutOfUse(): boolean {
    for (const { isShunned } of this.#workers.values()) if (!isShunned) return false;
    return true;
  }

  /** The first of equals. */
  #freest(isFit: (worker: WorkerState) => boolean): WorkerState | undefined {
    let best: WorkerState | undefined;
    for (const worker of this.#workers.values()) {
      if (!hasRoom(worker) || !isFit(worker)) continue;
      if (best === undefined || worker.running / worker.slots < best.running / best.slots) {
        best = worker;
      }
    }
    return best;
  }
}

function hasRoom({ isShunned, running, slots }: WorkerState): boolean {
  return !isShunned && running < slots;
}
