import { eachRecord } from "../each_record.ts";
import { NOTHING_TO_REPORT, reduceToSame } from "../reduce_steps.ts";
import type { RunningJob } from "../running_job.ts";
import { recordLines } from "./text_lines.ts";

const EMPTY = new Uint8Array(0);

/** Sorts lines: the key is the line, the value is empty. Equal lines stay as many as they are. */
export function openSort(): RunningJob {
  return {
    combine: undefined,
    async map(input, emit, signs) {
      await eachRecord(input, signs, (record) => {
        for (const line of recordLines(record)) emit(line, EMPTY);
      });
      return NOTHING_TO_REPORT;
    },
    reduce: reduceToSame,
    async [Symbol.asyncDispose]() {},
  };
}
