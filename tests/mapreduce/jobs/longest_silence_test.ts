import assert from "node:assert/strict";
import { longestSilenceMs } from "../../../lib/mapreduce/jobs/longest_silence.ts";

Deno.test("longestSilenceMs() is the time for a record and for the start of a process", () => {
  const job = { type: "user", name: "a.ts", source: "", onError: "fail", memoryBytes: 1 } as const;
  assert.equal(longestSilenceMs({ ...job, timeLimitMs: 10_000 }), 30_000);
  assert.equal(longestSilenceMs({ ...job, timeLimitMs: 300_000 }), 600_000);
});

Deno.test("longestSilenceMs() is ten minutes for programs, or what a longer limit says", () => {
  const job = { type: "command", mapper: "cat" } as const;
  assert.equal(longestSilenceMs(job), 600_000);
  assert.equal(longestSilenceMs(job, 10_000), 600_000);
  assert.equal(longestSilenceMs(job, 3_600_000), 3_600_000);
});

Deno.test("longestSilenceMs() is nothing for the jobs of tram, which go on all the time", () => {
  assert.equal(longestSilenceMs({ type: "sort" }, 5000), 0);
});
