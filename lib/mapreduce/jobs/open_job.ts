import type { JobDescription } from "./job_description.ts";
import type { JobParts, RunningJob } from "./running_job.ts";

/**
 * Opens a job, where its tasks are run. What a job needs is loaded when it is wanted.
 *
 * @throws {JobError} when it cannot be one, such as a pattern that is none
 */
export async function openJob(job: JobDescription, parts: JobParts): Promise<RunningJob> {
  switch (job.type) {
    case "wordcount":
      return (await import("./built_in/word_count.ts")).openWordCount(job, parts);
    case "grep":
      return (await import("./built_in/grep.ts")).openGrep(job);
    case "index":
      return (await import("./built_in/index_job.ts")).openIndex(job, parts);
    case "domains": {
      const { countField } = await import("./built_in/count_field.ts");
      const { hostOf } = await import("./built_in/host_of.ts");
      return countField(({ fields }) => [hostOf(fields?.get("warc-target-uri"))]);
    }
    case "languages": {
      const { countField } = await import("./built_in/count_field.ts");
      const { languagesOf } = await import("./built_in/languages_of.ts");
      return countField(({ fields }) =>
        languagesOf(fields?.get("warc-identified-content-language"))
      );
    }
    case "sort":
      return (await import("./built_in/sort.ts")).openSort();
    case "user":
      return (await import("./user/open_user_job.ts")).openUserJob(job, parts);
    case "command":
      return (await import("./command/open_command_job.ts")).openCommandJob(job, parts);
  }
}
