import assert from "node:assert/strict";
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import { runSequential } from "../../../lib/mapreduce/engine/run_sequential.ts";
import { TaskError, type TaskRunner } from "../../../lib/mapreduce/engine/task_runner.ts";
import { MemoryFolder } from "./memory_folder.ts";

/** Writes some output of each part, and fails at the second. */
const FAILING: TaskRunner = {
  runMap: () => Promise.reject(new TypeError("There is nothing to map")),
  async runReduce({ name }, handle) {
    await handle.write(new TextEncoder().encode("a\t1\n"));
    if (name.task === 1) throw new TaskError("no");
    return { counters: {}, skipped: [] };
  },
  async [Symbol.asyncDispose]() {},
};

Deno.test("runSequential() leaves no part of a reduce that failed", async () => {
  const output = new MemoryFolder();
  const result = await runSequential({
    plan: { job: "{}", inputs: [], tasks: [], partitions: 3, onError: "fail" },
    ...{ clock: new FakeClock(), output, isResumed: false, run: "r" },
    ...{ signal: new AbortController().signal, runner: FAILING, folder: new MemoryFolder() },
  });
  assert.deepEqual([result.outcome, result.message], ["failed", "no"]);
  const names = (await output.list()).filter((name) => !name.startsWith("_journal"));
  assert.deepEqual(names, ["part-00000"]);
});
