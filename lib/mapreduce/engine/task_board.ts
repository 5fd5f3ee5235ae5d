/** All tasks of a job, with what is counted of them, so that nobody has to look at each. */
import { type AttemptName, isSameAttempt, type TaskKind } from "./attempt_name.ts";
import { type RunningAttempt, TaskState } from "./task_state.ts";

/** All tasks of a job. Whoever changes a task says so by {@linkcode TaskBoard.changed}. */
export class TaskBoard {
  readonly maps: readonly TaskState[];
  readonly reduces: readonly TaskState[];
  /** Tasks that are done, as things are. */
  readonly done: Record<TaskKind, number> = { map: 0, reduce: 0 };
  /** Attempts that run. */
  readonly running: Record<TaskKind, number> = { map: 0, reduce: 0 };
  /** Tasks with attempts that run. */
  readonly active = new Set<TaskState>();
  /** Map tasks that were done and whose output is gone. */
  readonly missing = new Set<TaskState>();
  readonly #counted = new Set<TaskState>();
  /** All map tasks before it are done, or were. */
  #firstNew = 0;

  constructor(maps: number, reduces: number) {
    this.maps = Array.from({ length: maps }, (_, i) => new TaskState("map", i));
    this.reduces = Array.from({ length: reduces }, (_, i) => new TaskState("reduce", i));
  }

  /** Whether each map output is there, or given up. */
  get mapsAreDone(): boolean {
    return this.done.map === this.maps.length;
  }

  /** Whether nothing is left to be done. */
  get isDone(): boolean {
    return this.done.reduce === this.reduces.length;
  }

  /** Counts a task anew. */
  changed(task: TaskState): void {
    const { kind, isDone } = task;
    if (isDone !== this.#counted.has(task)) {
      this.done[kind] += isDone ? 1 : -1;
      if (isDone) this.#counted.add(task);
      else this.#counted.delete(task);
    }
    if (kind === "map" && task.isRecorded && !isDone) this.missing.add(task);
    else this.missing.delete(task);
    if (task.running.length > 0) this.active.add(task);
    else this.active.delete(task);
  }

  /** Notes an attempt. */
  begin(task: TaskState, attempt: RunningAttempt): void {
    task.running.push(attempt);
    this.running[task.kind]++;
    this.changed(task);
  }

  /** Takes an attempt away. */
  end(task: TaskState, attempt: RunningAttempt): void {
    const at = task.running.indexOf(attempt);
    if (at < 0) return;
    task.running.splice(at, 1);
    this.running[task.kind]--;
    this.changed(task);
  }

  /** The task of an attempt; `undefined`: the job has none of that number. */
  of({ kind, task }: Pick<AttemptName, "kind" | "task">): TaskState | undefined {
    return (kind === "map" ? this.maps : this.reduces)[task];
  }

  /** The attempt of that name at that worker, if it runs. */
  attempt(worker: string, name: AttemptName): RunningAttempt | undefined {
    return this.of(name)?.running.find((one) =>
      one.worker === worker && isSameAttempt(one.name, name)
    );
  }

  /** Map tasks that wait: those that were never done first, then those whose worker may come back. */
  *waitingMaps(nowMs: number): Generator<TaskState> {
    while (this.maps[this.#firstNew]?.isDone) this.#firstNew++;
    for (let i = this.#firstNew; i < this.maps.length; i++) {
      const task = this.maps[i] as TaskState;
      if (!task.isRecorded && task.isWaiting(nowMs)) yield task;
    }
    const missing = [...this.missing].sort((a, b) => a.task - b.task);
    for (const task of missing) if (task.isWaiting(nowMs)) yield task;
  }

  /** Reduce tasks that wait. */
  *waitingReduces(nowMs: number): Generator<TaskState> {
    for (const task of this.reduces) if (task.isWaiting(nowMs)) yield task;
  }

  *all(): Generator<TaskState> {
    yield* this.maps;
    yield* this.reduces;
  }
}
