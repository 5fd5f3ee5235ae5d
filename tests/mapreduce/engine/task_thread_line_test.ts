import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../lib/clock/fake_clock.ts";
import { sleep } from "../../../lib/clock/sleep.ts";
import type { TaskHandle } from "../../../lib/mapreduce/engine/task_runner.ts";
import { TaskThreadLine, type ThreadPort } from "../../../lib/mapreduce/engine/task_thread_line.ts";
import type { FromThread, ToThread } from "../../../lib/mapreduce/engine/thread_messages.ts";

/** A thread that says what the test says. */
class FakeThread implements ThreadPort {
  onmessage: ThreadPort["onmessage"] = null;
  onerror: ThreadPort["onerror"] = null;
  readonly told: ToThread["type"][] = [];
  isEnded = false;

  postMessage({ type }: ToThread): void {
    this.told.push(type);
  }

  terminate(): void {
    this.isEnded = true;
  }

  say(data: FromThread): void {
    this.onmessage?.(new MessageEvent("message", { data }));
  }
}

function handleOf(signal: AbortSignal, write: TaskHandle["write"] = () => Promise.resolve()) {
  const progress = () => {};
  return { signal, progress, write, readInput: () => Promise.reject(new Error("no such input")) };
}

const map = { type: "map", splits: [], inputs: [], path: "x" } as const;
const reduce = { type: "reduce", runs: [], path: "x" } as const;
const outcome = { parts: [], counters: {}, problems: [], skipped: [] };

Deno.test("TaskThreadLine.run() ends a thread that does not stop within a second", async () => {
  const clock = new FakeClock();
  const port = new FakeThread();
  const line = new TaskThreadLine(port, clock);
  const controller = new AbortController();
  const run = line.run(map, handleOf(controller.signal));
  controller.abort(new Error("not wanted"));
  assert.deepEqual(port.told, ["map", "abort"]);
  await clock.advance(999);
  assert(!port.isEnded);
  await Promise.all([assert.rejects(run, /not wanted/), clock.advance(1)]);
  assert(port.isEnded && line.isDead);
});

Deno.test("TaskThreadLine.run() keeps a thread that stops when it is told to", async () => {
  const clock = new FakeClock();
  const port = new FakeThread();
  const line = new TaskThreadLine(port, clock);
  const controller = new AbortController();
  const run = line.run(map, handleOf(controller.signal));
  controller.abort(new Error("not wanted"));
  port.say({ type: "done", outcome });
  await assert.rejects(run, /not wanted/);
  assert.equal(clock.pendingTimers, 0);
  const next = line.run(map, handleOf(new AbortController().signal));
  port.say({ type: "done", outcome });
  assert.equal(await next, outcome);
});

Deno.test("TaskThreadLine.run() fails with what the taker of output throws, once the thread stops", async () => {
  const port = new FakeThread();
  const line = new TaskThreadLine(port, new FakeClock());
  const write = () => Promise.reject(new Error("the line is over"));
  const run = line.run(map, handleOf(new AbortController().signal, write));
  let isOver = false;
  run.catch(() => isOver = true);
  port.say({ type: "output", bytes: new Uint8Array(1) });
  await settle();
  assert.deepEqual(port.told, ["map", "abort"]);
  assert(!isOver, "the thread is still busy: nobody else may have it");
  const failure = { message: "stopped", isWorkers: false, isFinal: false, badSource: undefined };
  port.say({ type: "failed", failure });
  await assert.rejects(run, /the line is over/);
});

Deno.test("TaskThreadLine.run() hands output on piece by piece, and is through after the last", async () => {
  const clock = new FakeClock();
  const port = new FakeThread();
  const line = new TaskThreadLine(port, clock);
  const taken: number[] = [];
  // Each piece takes less time than the one before it: without an order they would overtake.
  const write = async (bytes: Uint8Array) => {
    await sleep(clock, 100 - 10 * (bytes[0] ?? 0));
    taken.push(bytes[0] ?? -1);
  };
  const run = line.run(reduce, handleOf(new AbortController().signal, write));
  let isOver = false;
  run.then(() => isOver = true);
  for (const number of [1, 2, 3]) port.say({ type: "output", bytes: new Uint8Array([number]) });
  port.say({ type: "done", outcome: { counters: {}, skipped: [] } });
  await clock.advance(90 + 80);
  assert.deepEqual([taken, isOver], [[1, 2], false]);
  await clock.advance(70);
  assert.deepEqual([taken, isOver], [[1, 2, 3], true]);
  assert.deepEqual(port.told, ["reduce", "written", "written", "written"]);
});

Deno.test("TaskThreadLine.run() fails when the last of its output cannot be taken", async () => {
  const clock = new FakeClock();
  const port = new FakeThread();
  const line = new TaskThreadLine(port, clock);
  const write = async () => {
    await sleep(clock, 10);
    throw new Error("the line is over");
  };
  const run = line.run(reduce, handleOf(new AbortController().signal, write));
  port.say({ type: "output", bytes: new Uint8Array(1) });
  port.say({ type: "output", bytes: new Uint8Array(1) });
  port.say({ type: "done", outcome: { counters: {}, skipped: [] } });
  await Promise.all([assert.rejects(run, /the line is over/), clock.advance(10)]);
  assert.deepEqual(port.told, ["reduce"]);
  const next = line.run(map, handleOf(new AbortController().signal));
  port.say({ type: "done", outcome });
  assert.equal(await next, outcome);
});

Deno.test("TaskThreadLine.run() ends at once when only output is on the way, and keeps the thread", async () => {
  const clock = new FakeClock();
  const port = new FakeThread();
  const line = new TaskThreadLine(port, clock);
  const controller = new AbortController();
  let writes = 0;
  const write = () => {
    writes++;
    return sleep(clock, 50);
  };
  const run = line.run(reduce, handleOf(controller.signal, write));
  port.say({ type: "output", bytes: new Uint8Array(1) });
  port.say({ type: "output", bytes: new Uint8Array(1) });
  port.say({ type: "done", outcome: { counters: {}, skipped: [] } });
  await settle();
  controller.abort(new Error("not wanted"));
  await assert.rejects(run, /not wanted/);
  const next = line.run(map, handleOf(new AbortController().signal));
  await clock.advance(2000);
  assert.deepEqual([writes, line.isDead, port.told], [1, false, ["reduce", "map"]]);
  port.say({ type: "done", outcome });
  assert.equal(await next, outcome);
});

Deno.test("TaskThreadLine.run() fails when the thread dies", async () => {
  const port = new FakeThread();
  const line = new TaskThreadLine(port, new FakeClock());
  const run = line.run(map, handleOf(new AbortController().signal));
  port.onerror?.(new ErrorEvent("error", { message: "out of memory", cancelable: true }));
  await assert.rejects(run, /Its thread died: out of memory/);
  assert(line.isDead);
});
