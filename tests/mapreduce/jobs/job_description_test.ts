import assert from "node:assert/strict";
import {
  type JobDescription,
  jobDescriptionSchema,
} from "../../../lib/mapreduce/jobs/job_description.ts";

const GOOD: JobDescription[] = [
  { type: "wordcount", tokens: "unicode", foldCase: true },
  { type: "grep", pattern: "a" },
  { type: "sort" },
  { type: "command", mapper: "cat" },
  { type: "command", mapper: "cat", reducer: "wc -l" },
  {
    ...{ type: "user", name: "a.ts", source: "", onError: "skip" },
    timeLimitMs: 1,
    memoryBytes: 1,
  },
];
for (const job of GOOD) {
  Deno.test(`jobDescriptionSchema takes ${JSON.stringify(job)} as it is`, () => {
    const result = jobDescriptionSchema["~standard"].validate(JSON.parse(JSON.stringify(job)));
    assert(!(result instanceof Promise) && result.issues === undefined);
    assert.deepEqual(result.value, job);
  });
}

const BAD = [{ type: "sorts" }, { type: "grep" }, { type: "command", mapper: "" }, "sort", {
  ...{ type: "user", name: "a.ts", source: "", onError: "skip", timeLimitMs: 0, memoryBytes: 1 },
}];
for (const job of BAD) {
  Deno.test(`jobDescriptionSchema refuses ${JSON.stringify(job)}`, () => {
    const result = jobDescriptionSchema["~standard"].validate(job);
    assert(!(result instanceof Promise) && result.issues !== undefined);
  });
}
