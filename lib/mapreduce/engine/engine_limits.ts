/** Limits of the scheduler; times in milliseconds. */
export interface EngineLimits {
  /** Failures after which a task is given up. */
  readonly taskFailures: number;
  /** Deaths of workers in the middle of a task, after which it is given up. */
  readonly taskDeaths: number;
  /** Tasks in a row that fail at a worker before it gets nothing more, if there is another one. */
  readonly workerFailures: number;
  /** Time without progress, beyond the silence that the job may keep, after which an attempt is given up. */
  readonly stallMs: number;
  /** Least time that an attempt runs before another worker tries the same. */
  readonly backupMs: number;
  /** Times the median of its kind that an attempt runs before another worker tries the same. */
  readonly backupFactor: number;
  /** Time that a resumed job waits for workers which hold map outputs. */
  readonly returnMs: number;
  /** Time without any worker after which the job is given up. */
  readonly noWorkerMs: number;
}

/** The limits unless told otherwise. */
export const ENGINE_LIMITS: EngineLimits = {
  taskFailures: 4,
  taskDeaths: 16,
  workerFailures: 4,
  stallMs: 30_000,
  backupMs: 1000,
  backupFactor: 1.5,
  returnMs: 5000,
  noWorkerMs: 60_000,
};
