import { eachRecord } from "../each_record.ts";
import type { GrepJob } from "../job_description.ts";
import { NOTHING_TO_REPORT, reduceToSums } from "../reduce_steps.ts";
import type { RunningJob } from "../running_job.ts";
import { compilePattern } from "./compile_pattern.ts";
import { ONE } from "./one.ts";
import { recordLines } from "./text_lines.ts";

/**
 * Counts what a pattern finds, like Hadoop's example of the same name: the key is the text that
 * matched. Lines are read as UTF-8; a match of nothing is none.
 *
 * @throws {JobError} when the pattern is none
 */
export function openGrep({ pattern }: GrepJob): RunningJob {
  const regex = compilePattern(pattern);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const encoder = new TextEncoder();
  return {
    combine: "sum",
    async map(input, emit, signs) {
      await eachRecord(input, signs, (record) => {
        for (const line of recordLines(record)) {
          for (const [found] of decoder.decode(line).matchAll(regex)) {
            if (found !== "") emit(encoder.encode(found), ONE);
          }
        }
      });
      return NOTHING_TO_REPORT;
    },
    reduce: reduceToSums,
    async [Symbol.asyncDispose]() {},
  };
}
