import { JobError } from "../job_error.ts";
import { MAX_SOURCE_LENGTH, type OnError, type UserJob } from "../job_description.ts";
import { linkJob } from "./link_job.ts";
import { stripTypes } from "./strip_types.ts";

/** Options of {@linkcode prepareUserJob}. */
export interface UserJobOptions {
  /** @default {"fail"} */
  readonly onError?: OnError | undefined;
  /** Longest time for one record or for a piece of a group, in milliseconds. @default {10000} */
  readonly timeLimitMs?: number | undefined;
  /** Most memory of the process that runs it, in bytes. @default {512 MiB} */
  readonly memoryBytes?: number | undefined;
}

/**
 * Makes what travels to the workers out of a job file. The job is not run for it.
 *
 * @param path ends in `.ts`, `.mts`, `.js` or `.mjs`
 * @throws {JobSyntaxError} for what cannot be used as it is written
 * @throws {JobError}
 */
export function prepareUserJob(
  path: string,
  text: string,
  { onError = "fail", timeLimitMs = 10_000, memoryBytes = 512 * 1024 * 1024 }: UserJobOptions = {},
): UserJob {
  const [, kind] = /\.m?(ts|js)$/.exec(path) ?? [];
  if (kind === undefined) {
    throw new JobError(
      `Cannot use ${JSON.stringify(path)} as a job: a name that ends in .ts or .js is right`,
      { isFinal: true },
    );
  }
  if (text.length > MAX_SOURCE_LENGTH) {
    throw new JobError(
      `Cannot use ${path} as a job: it has ${text.length} characters, ` +
        `at most ${MAX_SOURCE_LENGTH} are allowed`,
      { isFinal: true },
    );
  }
  const source = kind === "ts" ? stripTypes(path, text) : text;
  linkJob(path, source);
  return { type: "user", name: path, source, onError, timeLimitMs, memoryBytes };
}
