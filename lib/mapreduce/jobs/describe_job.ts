import { didYouMean } from "../../config/did_you_mean.ts";
import { UsageError } from "../../config/usage_error.ts";
import type { Files } from "../../context.ts";
import type { Tokens } from "../kernel/word_counter_options.ts";
import type { JobDescription, OnError } from "./job_description.ts";

/** Jobs that are built in. */
const JOB_NAMES = ["wordcount", "grep", "index", "domains", "languages", "sort"] as const;

/** What flags say of a job. */
export interface JobFlags {
  /** Name of a job that is built in, or file of a user's own. */
  readonly job?: string | undefined;
  readonly tokens?: Tokens | undefined;
  readonly foldCase?: boolean;
  readonly pattern?: string | undefined;
  readonly mapper?: string | undefined;
  readonly reducer?: string | undefined;
  readonly onError?: OnError | undefined;
  /** Longest time for one record of a user's job, in milliseconds. */
  readonly jobTimeout?: number | undefined;
  /** Most memory of the process that runs it, in bytes. */
  readonly jobMemory?: number | undefined;
}

/** Largest job file, in bytes. */
const MAX_FILE_BYTES = 2 * 1024 * 1024;

/**
 * The job that flags name; a user's file is read, and its types are stripped.
 *
 * @throws {UsageError} when they name none
 * @throws {JobSyntaxError} for a file that is wrong, and a pattern
 * @throws {Error} when the file cannot be read
 */
export async function describeJob(
  flags: JobFlags,
  files: Pick<Files, "readText">,
): Promise<JobDescription> {
  const { job, mapper, reducer } = flags;
  if (mapper !== undefined) {
    if (job !== undefined) {
      throw new UsageError("Cannot use --job with --mapper: one of them is right");
    }
    return { type: "command", mapper, ...reducer === undefined ? {} : { reducer } };
  }
  if (reducer !== undefined) throw new UsageError("Cannot use --reducer without --mapper");
  if (job === undefined) throw new UsageError(`Cannot run no job: wanted --job ${wanted()}`);
  const words = {
    tokens: flags.tokens ?? "whitespace",
    foldCase: flags.foldCase ?? false,
  } as const;
  switch (job) {
    case "wordcount":
    case "index":
      return { type: job, ...words };
    case "domains":
    case "languages":
    case "sort":
      return { type: job };
    case "grep": {
      const { pattern } = flags;
      if (pattern === undefined || pattern === "") {
        throw new UsageError("Cannot run grep without a pattern: wanted --pattern REGEX");
      }
      (await import("./built_in/compile_pattern.ts")).compilePattern(pattern);
      return { type: "grep", pattern };
    }
  }
  if (!/[./]/.test(job)) {
    throw new UsageError(
      `Cannot run the job ${JSON.stringify(job)}: wanted ${wanted()}${didYouMean(job, JOB_NAMES)}`,
    );
  }
  const text = await files.readText(job, MAX_FILE_BYTES);
  if (text === undefined) throw new UsageError(`Cannot run the job ${job}: there is no such file`);
  const { prepareUserJob } = await import("./user/prepare_user_job.ts");
  const { onError, jobTimeout: timeLimitMs, jobMemory: memoryBytes } = flags;
  return prepareUserJob(job, text, { onError, timeLimitMs, memoryBytes });
}

const wanted = () => `${JOB_NAMES.join(", ")}, or a file that ends in .ts or .js`;
