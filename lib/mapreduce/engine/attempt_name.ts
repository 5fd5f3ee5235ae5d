/** What a task does: read inputs, or bring one partition together. */
export type TaskKind = "map" | "reduce";

/**
 * An attempt at a task, unlike any other attempt of the job: a coordinator that takes a job up again
 * has a higher epoch, and numbers the attempts of each task anew.
 */
export interface AttemptName {
  readonly epoch: number;
  readonly kind: TaskKind;
  /** Number of the map task, or of the partition. */
  readonly task: number;
  /** From 1 on. */
  readonly attempt: number;
}

/** The name as text, for maps, files and logs: `e1-map-12-a1`. */
export function attemptKey({ epoch, kind, task, attempt }: AttemptName): string {
  return `e${epoch}-${kind}-${task}-a${attempt}`;
}

/** Whether two names are of one attempt. */
export function isSameAttempt(a: AttemptName, b: AttemptName): boolean {
  return a.epoch === b.epoch && a.kind === b.kind && a.task === b.task && a.attempt === b.attempt;
}
