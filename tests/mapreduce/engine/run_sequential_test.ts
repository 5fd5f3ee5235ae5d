import assert from "node:assert/strict";
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import type { Folder } from "../../../lib/mapreduce/engine/folder.ts";
import { realFolder } from "../../../lib/mapreduce/engine/real_folder.ts";
import { runSequential } from "../../../lib/mapreduce/engine/run_sequential.ts";
import { TaskError, type TaskRunner } from "../../../lib/mapreduce/engine/task_runner.ts";
import { MemoryFolder } from "./memory_folder.ts";
import { toyPlan } from "./toy_job.ts";

/** Map outputs are empty; `fails` says which tasks cannot be done. */
function runnerOf(fails: (kind: "map" | "reduce", task: number) => boolean): TaskRunner {
  const check = (kind: "map" | "reduce", task: number) => {
    if (fails(kind, task)) throw new TaskError(`${kind} ${task} cannot be done`);
  };
  return {
    async runMap({ name, folder, file }) {
      check("map", name.task);
      (await folder.create(file)).close();
      const part = { startByte: 0, bytes: 0, records: 0, crc32: 0 };
      return { parts: [part, part], counters: { "map.records": 1 }, problems: [], skipped: [] };
    },
    async runReduce({ name }, handle) {
      check("reduce", name.task);
      await handle.write(new TextEncoder().encode("a\t1\n"));
      return { counters: {}, skipped: [] };
    },
    async [Symbol.asyncDispose]() {},
  };
}

function run(output: Folder, runner: TaskRunner, isResumed: boolean) {
  return runSequential({
    plan: { ...toyPlan(["a", "b"], 2), onError: "skip" },
    ...{ clock: new FakeClock(), output, isResumed, run: "r", runner },
    ...{ signal: new AbortController().signal, folder: new MemoryFolder() },
  });
}

Deno.test("runSequential() leaves no task out that parts of an earlier run have", async () => {
  const output = new MemoryFolder();
  const first = await run(output, runnerOf((kind, task) => kind === "reduce" && task === 1), false);
  assert.equal(first.outcome, "failed");
  assert(output.names.includes("part-00000"));
  const second = await run(output, runnerOf((kind, task) => kind === "map" && task === 1), true);
  assert.deepEqual([second.outcome, second.message], ["failed", "map 1 cannot be done"]);
  assert.deepEqual(second.lost, []);
  const third = await run(output, runnerOf(() => false), true);
  assert.equal(third.outcome, "done");
});

Deno.test("runSequential() gives the folder back when it cannot be tidied", async () => {
  const output = new MemoryFolder();
  const { list } = output;
  output.list = () => Promise.reject(new Error("it cannot be listed"));
  await assert.rejects(run(output, runnerOf(() => false), false), /cannot be listed/);
  output.list = list;
  assert.equal((await run(output, runnerOf(() => false), true)).outcome, "done");
});

Deno.test("runSequential() leaves nothing in a folder that it cannot resume in, as no run was there", async () => {
  const path = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${path}/letter`, "dear");
    const resumed = run(realFolder(path), runnerOf(() => false), true);
    await assert.rejects(resumed, /the output folder has no journal/);
    assert.deepEqual(Array.from(Deno.readDirSync(path), ({ name }) => name), ["letter"]);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});
