import type { GrepJob } from "../job_description.ts";
import { JobError } from "../job_error.ts";
import { NOTHING_TO_REPORT, reduceToSums } from "../reduce_steps.ts";
import type { RunningJob } from "../running_job.ts";
import { compilePattern } from "./compile_pattern.ts";
import { ONE } from "./one.ts";
import { PatternSearch, SlowPattern } from "./pattern_search.ts";

/** Longest time for one line, in milliseconds. */
const LINE_MS = 10_000;

/** UTF-16 units of a line that messages show. */
const SHOWN_LENGTH = 40;

/**
 * Counts what a pattern finds, like Hadoop's example of the same name: the key is the text that
 * matched. Lines are read as UTF-8; a match of nothing is none.
 *
 * @throws {JobError} when the pattern is none
 */
export function openGrep({ pattern }: GrepJob, lineMs = LINE_MS): RunningJob {
  const search = new PatternSearch(compilePattern(pattern), lineMs);
  const encoder = new TextEncoder();
  return {
    combine: "sum",
    async map(input, emit, signs) {
      try {
        for await (const batch of input.records()) {
          signs.signal.throwIfAborted();
          for (const found of search.search(batch)) {
            for (const text of found) emit(encoder.encode(text), ONE);
            signs.alive();
          }
          signs.alive();
        }
      } catch (error) {
        if (!(error instanceof SlowPattern)) throw error;
        const { message, record, text } = error;
        const where = `${input.nameOf(record.input)} at byte ${record.offset}`;
        const shown = text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
        throw new JobError(
          `${where}: the pattern ${JSON.stringify(pattern)} is too slow: ${message}, ` +
            JSON.stringify(shown),
          { cause: error, isFinal: true },
        );
      }
      return NOTHING_TO_REPORT;
    },
    reduce: reduceToSums,
    async [Symbol.asyncDispose]() {},
  };
}
