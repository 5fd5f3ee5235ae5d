/** Who does what after failures, and when the scheduler gives up. */
import assert from "node:assert/strict";
import type { AttemptName } from "../../../lib/mapreduce/engine/attempt_name.ts";
import { ENGINE_LIMITS } from "../../../lib/mapreduce/engine/engine_limits.ts";
import { map, scheduler, short } from "./short_scheduler.ts";

Deno.test("Scheduler tries a failed task at another worker and fails the job at the fourth", () => {
  const s = scheduler({ maps: 1 });
  s.join("a");
  s.join("b");
  assert.deepEqual(short(s.fail("a", map(0, 1))), ["start b map 0 #2"]);
  // Then there is nobody who has not failed: a pause.
  assert.deepEqual(short(s.fail("b", map(0, 2))), []);
  assert.deepEqual(short(s.wait(499)), []);
  assert.deepEqual(short(s.wait(1)), ["start a map 0 #3"]);
  s.fail("a", map(0, 3));
  assert.deepEqual(short(s.wait(750)), ["start a map 0 #4"]);
  assert.deepEqual(short(s.fail("a", map(0, 4))), [
    "failed task-failed: Map task 0 cannot be done: it broke",
  ]);
});

Deno.test("Scheduler leaves out a map task that fails four times when it may, and names it", () => {
  const s = scheduler({ skipsFailed: true });
  s.join("a", 2);
  for (let i = 1; i < 4; i++) {
    s.fail("a", map(0, i));
    s.wait(1000);
  }
  assert.deepEqual(short(s.fail("a", map(0, 4))), ["lost 0"]);
  assert.deepEqual(short(s.finish("a", map(1))).at(-1), "start a reduce 0 #1");
});

Deno.test("Scheduler leaves out no task that fails for the worker's reasons", () => {
  const s = scheduler({ skipsFailed: true });
  s.join("a", 2);
  for (let i = 1; i < 4; i++) {
    s.fail("a", map(0, i), true);
    s.wait(1000);
  }
  assert.match(short(s.fail("a", map(0, 4), true)).join(), /failed task-failed/);
});

Deno.test("Scheduler shuns a worker at which four tasks fail, unless it is the last", () => {
  const s = scheduler({ maps: 9, limits: { ...ENGINE_LIMITS, backupMs: 1e9 } });
  s.join("bad");
  s.join("good");
  let shunned: string[] = [];
  let name: AttemptName | undefined = map(0);
  for (let i = 0; i < 4 && name !== undefined; i++) {
    const actions = s.fail("bad", name);
    shunned = short(actions).filter((text) => text.startsWith("shunned"));
    const start = actions.find((action) => action.type === "start" && action.worker === "bad");
    name = start?.type === "start" ? start.name : undefined;
  }
  assert.deepEqual(shunned, ["shunned bad"]);
  assert.equal(name, undefined);
  assert.match(short(s.leave("good")).join(), /start bad map/);
});

Deno.test("Scheduler goes on with the last worker, however many tasks fail there", () => {
  const s = scheduler({ maps: 9, limits: { ...ENGINE_LIMITS, taskFailures: 99 } });
  s.join("a");
  for (let task = 0; task < 6; task++) {
    const text = short(s.fail("a", map(task))).join();
    assert.doesNotMatch(text, /shunned/);
    assert.match(text, new RegExp(`start a map ${task + 1} `));
  }
});

Deno.test("Scheduler fails the job at once when trying again cannot help", () => {
  const s = scheduler();
  s.join("a");
  const event = {
    type: "failed",
    worker: "a",
    name: map(0),
    message: "no",
    isWorkers: false,
  } as const;
  const actions = s.made.handle({ ...event, isFinal: true }, 0);
  assert.match(short(actions).join(), /failed task-failed: Map task 0 cannot be done: no/);
});

Deno.test("Scheduler gives up without workers for a while", () => {
  const s = scheduler();
  assert.deepEqual(short(s.wait(59_999)), []);
  assert.deepEqual(short(s.wait(1)), ["failed no-workers: No worker for 60 s"]);
});

Deno.test("Scheduler does not blame a task when many workers leave at once", () => {
  const s = scheduler({ maps: 1 });
  const workers = Array.from({ length: 40 }, (_, i) => `w${i}`);
  for (const worker of workers) s.join(worker);
  const said = workers.flatMap((worker) => short(s.leave(worker)));
  assert.deepEqual(said.at(-1), "start w39 map 0 #40");
  assert.deepEqual(short(s.join("z")), ["start z map 0 #41"]);
});

Deno.test("Scheduler gives a task up of which workers die one after the other", () => {
  const s = scheduler({ maps: 1 });
  const said: string[] = [];
  for (let i = 0; i < ENGINE_LIMITS.taskDeaths; i++) {
    s.join(`w${i}`);
    s.wait(1000);
    said.push(...short(s.leave(`w${i}`)));
  }
  assert.deepEqual(said, ["failed task-failed: Map task 0 cannot be done: 16 workers died of it"]);
});
