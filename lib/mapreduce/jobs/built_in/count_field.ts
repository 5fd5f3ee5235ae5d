import type { InputRecord } from "../../input/record.ts";
import { eachRecord } from "../each_record.ts";
import { NOTHING_TO_REPORT, reduceToSums } from "../reduce_steps.ts";
import type { RunningJob } from "../running_job.ts";
import { ONE } from "./one.ts";

/** A job that counts records by what stands in their fields. @param keysOf each once per record */
export function countField(keysOf: (record: InputRecord) => Iterable<string>): RunningJob {
  const encoder = new TextEncoder();
  return {
    combine: "sum",
    async map(input, emit, signs) {
      await eachRecord(input, signs, (record) => {
        for (const key of keysOf(record)) emit(encoder.encode(key), ONE);
      });
      return NOTHING_TO_REPORT;
    },
    reduce: reduceToSums,
    async [Symbol.asyncDispose]() {},
  };
}
