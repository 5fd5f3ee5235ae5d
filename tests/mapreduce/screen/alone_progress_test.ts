import assert from "node:assert/strict";
import type { AttemptName, TaskKind } from "../../../lib/mapreduce/engine/attempt_name.ts";
import type { JobPlan } from "../../../lib/mapreduce/engine/job_plan.ts";
import { AloneProgress } from "../../../lib/mapreduce/screen/alone_progress.ts";

/** Three map tasks of 100 bytes, four parts. */
const PLAN: JobPlan = {
  ...{ job: "{}", inputs: [], partitions: 4, onError: "fail" },
  tasks: [0, 1, 2].map((number) => ({
    number,
    splits: [{
      ...{ input: 0, startByte: number * 100, endByte: number * 100 + 100 },
      ...{ format: "text", isGzip: false },
    }],
  })),
};

const name = (kind: TaskKind, task: number): AttemptName => ({ epoch: 2, kind, task, attempt: 1 });

Deno.test("AloneProgress counts the tasks before the one that runs, and what they spilled", () => {
  const progress = new AloneProgress(PLAN);
  assert.deepEqual(progress.status().inputBytes, { total: 300, done: 0, earlier: 0 });
  progress.update(name("map", 0), { bytes: 50, records: 1, spilledBytes: 7 });
  progress.update(name("map", 0), { bytes: 100, records: 2, spilledBytes: 9, status: "half" });
  assert.equal(progress.status().workersNow[0]?.attempts[0]?.status, "half");
  progress.update(name("map", 1), { bytes: 20, records: 1 });
  const { done, inputBytes, attempts, spilledBytes, workersNow } = progress.status();
  assert.deepEqual(done, { map: 1, reduce: 0 });
  assert.deepEqual(inputBytes, { total: 300, done: 100, earlier: 0 });
  assert.deepEqual([attempts, spilledBytes], [2, 9]);
  assert.equal(workersNow[0]?.attempts[0]?.status, "", "another task");
});

Deno.test("AloneProgress knows what an earlier run has done by what is passed over", () => {
  const progress = new AloneProgress(PLAN);
  for (const task of [0, 1, 2]) progress.update(name("map", task), { bytes: 1, records: 1 });
  progress.update(name("reduce", 2), { bytes: 1, records: 1 });
  assert.deepEqual(progress.status().done, { map: 3, reduce: 2 });
  assert.equal(progress.status().earlierReduces, 2);
  progress.update(name("reduce", 3), { bytes: 1, records: 1 });
  const { done, earlierReduces, inputBytes } = progress.status();
  assert.deepEqual([done.reduce, earlierReduces, inputBytes.done], [3, 2, 300]);
});
