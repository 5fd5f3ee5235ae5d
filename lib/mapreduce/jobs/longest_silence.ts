import type { JobDescription } from "./job_description.ts";

/** Time in which the process of a user's job starts again, at most; `Sandbox` has the same. */
const START_MS = 20_000;

/** Time for which a program may be silent at least: Hadoop's `mapreduce.task.timeout`. */
const PROGRAM_MS = 600_000;

/**
 * Longest time for which a step of this job may give no sign of life although it is well, in
 * milliseconds: a user's job at one record, behind a process that had to be started for it; a program
 * that thinks before it reads or writes.
 *
 * @param timeLimitMs what `--job-timeout` says
 */
export function longestSilenceMs(job: JobDescription, timeLimitMs = 0): number {
  switch (job.type) {
    case "user":
      return job.timeLimitMs + Math.max(START_MS, job.timeLimitMs);
    case "command":
      return Math.max(PROGRAM_MS, timeLimitMs);
    default:
      return 0;
  }
}
