import assert from "node:assert/strict";
import { describeJob, type JobFlags } from "../../../lib/mapreduce/jobs/describe_job.ts";
import type { JobDescription } from "../../../lib/mapreduce/jobs/job_description.ts";

const files = {
  readText: (path: string) =>
    Promise.resolve(path === "a/job.js" ? "export default 1;" : undefined),
};
const words = { tokens: "whitespace", foldCase: false } as const;

const JOBS: readonly (readonly [JobFlags, JobDescription])[] = [
  [{ job: "wordcount" }, { type: "wordcount", ...words }],
  [{ job: "index", tokens: "unicode", foldCase: true }, {
    ...{ type: "index", tokens: "unicode", foldCase: true },
  }],
  [{ job: "sort" }, { type: "sort" }],
  [{ job: "grep", pattern: "a|b" }, { type: "grep", pattern: "a|b" }],
  [{ mapper: "cat" }, { type: "command", mapper: "cat" }],
  [{ mapper: "cat", reducer: "uniq -c" }, { type: "command", mapper: "cat", reducer: "uniq -c" }],
  [{ job: "a/job.js", onError: "skip", jobTimeout: 5 }, {
    ...{ type: "user", name: "a/job.js", source: "export default 1;", onError: "skip" },
    ...{ timeLimitMs: 5, memoryBytes: 512 * 1024 * 1024 },
  }],
];
for (const [flags, want] of JOBS) {
  Deno.test(`describeJob() knows ${JSON.stringify(flags)}`, async () => {
    assert.deepEqual(await describeJob(flags, files), want);
  });
}

const NONE: readonly (readonly [JobFlags, RegExp])[] = [
  [{}, /^Cannot run no job: wanted --job wordcount, /],
  [{ job: "wordcont" }, /^Cannot run the job "wordcont": wanted wordcount, /],
  [{ job: "grep" }, /wanted --pattern REGEX$/],
  [{ job: "sort", mapper: "cat" }, /^Cannot use --job with --mapper/],
  [{ reducer: "cat" }, /^Cannot use --reducer without --mapper$/],
  [{ job: "./no.ts" }, /^Cannot run the job \.\/no\.ts: there is no such file$/],
];
for (const [flags, message] of NONE) {
  Deno.test(`describeJob() refuses ${JSON.stringify(flags)}`, async () => {
    await assert.rejects(describeJob(flags, files), { name: "UsageError", message });
  });
}
