import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../lib/clock/fake_clock.ts";
import { Attempts, type CoordinatorLine } from "../../../lib/mapreduce/engine/attempts.ts";
import type { Failed } from "../../../lib/mapreduce/engine/messages.ts";
import { mapreduceService } from "../../../lib/mapreduce/engine/protocol.ts";
import type { ShuffleLines } from "../../../lib/mapreduce/engine/shuffle_lines.ts";
import type { TaskHandle, TaskRunner } from "../../../lib/mapreduce/engine/task_runner.ts";
import type { WorkerParts } from "../../../lib/mapreduce/engine/worker_types.ts";
import { MemoryFolder } from "./memory_folder.ts";

const map = (task: number) => ({ epoch: 1, kind: "map", task, attempt: 1 }) as const;

/** A runner whose tasks end only when nobody wants them any more. */
function endlessRunner() {
  const begun: number[] = [];
  const wait = ({ signal }: TaskHandle) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  const runner: TaskRunner = {
    runMap: ({ name }, handle) => {
      begun.push(name.task);
      return wait(handle);
    },
    runReduce: (_, handle) => wait(handle),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { begun, runner };
}

Deno.test("Attempts.runMap() refuses what it has no slot for, until something is cancelled", async () => {
  const { begun, runner } = endlessRunner();
  const parts = {
    ...{ slots: 2, folder: new MemoryFolder(), clock: new FakeClock() },
    ownCopy: () => Promise.resolve(undefined),
  } as unknown as WorkerParts;
  const attempts = new Attempts(parts, runner, {} as ShuffleLines);
  const failed: Failed[] = [];
  const post = {
    post: (kind: unknown, message: Failed) => {
      assert.equal(kind, mapreduceService.kinds.failed);
      failed.push(message);
    },
  };
  const line = { post, requests: {} } as unknown as CoordinatorLine;
  const run = (task: number) => attempts.runMap(line, { name: map(task), splits: [], inputs: [] });
  for (const task of [0, 1, 2]) run(task);
  await settle();
  assert.deepEqual(begun, [0, 1]);
  assert.deepEqual(failed, [{ name: map(2), message: "all 2 slots are taken", isWorkers: true }]);
  attempts.cancel({ name: map(0), reason: "superseded" });
  run(3);
  await settle();
  assert.deepEqual(begun, [0, 1, 3]);
  assert.equal(failed.length, 1);
  await attempts.end();
});
