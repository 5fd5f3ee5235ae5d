import type { RunContext } from "../../../context.ts";
import { describeJob, type JobFlags } from "../describe_job.ts";
import type { JobDescription } from "../job_description.ts";
import { JobError } from "../job_error.ts";
import { safeText } from "../../../terminal/safe_text.ts";

/**
 * The job that flags name. What is wrong with a job file is shown with its line.
 *
 * @returns `undefined` when that was shown: the command line is wrong
 * @throws {UsageError} when they name none
 */
export async function stepJob(
  { files, process: { stderr } }: RunContext,
  flags: JobFlags,
): Promise<JobDescription | undefined> {
  try {
    return await describeJob(flags, files);
  } catch (error) {
    if (!(error instanceof JobError)) throw error;
    stderr.write(`tram: ${safeText(error.message)}\n`);
    if ("excerpt" in error) {
      for (const line of String(error.excerpt).split("\n")) stderr.write(`  ${safeText(line)}\n`);
    }
    return undefined;
  }
}
