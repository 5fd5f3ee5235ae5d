import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { systemClock } from "../../../lib/clock/system_clock.ts";
import { Coordinator } from "../../../lib/mapreduce/engine/coordinator.ts";
import type { EngineEvent } from "../../../lib/mapreduce/engine/coordinator_types.ts";
import type { JobPlan } from "../../../lib/mapreduce/engine/job_plan.ts";
import type { JobResult } from "../../../lib/mapreduce/engine/job_result.ts";
import { runWorker } from "../../../lib/mapreduce/engine/run_worker.ts";
import { TaskError, type TaskHandle } from "../../../lib/mapreduce/engine/task_runner.ts";
import { ThreadPool } from "../../../lib/mapreduce/engine/thread_pool.ts";
import { openInput } from "../../../lib/mapreduce/input/open_input.ts";
import { realInputFiles } from "../../../lib/mapreduce/input/real_input_files.ts";
import { MemoryNetwork } from "../../../lib/transport/memory_network.ts";
import { newToken } from "../../../lib/transport/token.ts";
import { generateWet } from "../generate_wet.ts";
import { planOf, Scratch, sequential, textsOf } from "./real_job.ts";

const fixtures = new URL("../fixtures/", import.meta.url);
const words = { type: "wordcount", tokens: "whitespace", foldCase: false } as const;
const MEMORY_BYTES = 200_000;

/** Writes WET files. */
function wetFiles(scratch: Scratch, count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const path = `${scratch.path}/${i}.warc.wet${i % 2 === 0 ? ".gz" : ""}`;
    const members = i % 2 === 0 ? "record" : "plain";
    using file = Deno.openSync(path, { write: true, create: true });
    for (const bytes of generateWet({ seed: i, bytes: 150_000, members })) {
      for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    }
    return path;
  });
}

/** A pool for a job, with little memory, so that it spills. */
function openPool(plan: Pick<JobPlan, "job" | "partitions">, threads = 2): Promise<ThreadPool> {
  const { job, partitions } = plan;
  return ThreadPool.open({
    ...{ job, partitions, threads, memoryBytes: MEMORY_BYTES, kernel: "wasm", clock: systemClock },
  });
}

/** Coordinator and workers with threads, in this process. */
async function parallel(
  scratch: Scratch,
  plan: JobPlan,
  copies: readonly boolean[],
): Promise<{ result: JobResult; texts: Record<string, string>; events: EngineEvent[] }> {
  const network = new MemoryNetwork();
  const token = newToken();
  const output = scratch.folder();
  const { signal } = new AbortController();
  const events: EngineEvent[] = [];
  const clock = systemClock;
  const address = { host: "127.0.0.1", port: 7790 };
  const coordinator = new Coordinator({
    ...{ clock, network, address, tokens: [token], plan, output, signal },
    ...{ isResumed: false, run: "run-1", onEvent: (event) => events.push(event) },
    openInput: (input) => openInput(input, realInputFiles),
  });
  const result = coordinator.run();
  const workers = copies.map((hasCopies, i) =>
    runWorker({
      ...{ clock, network, coordinator: address, token, id: `w${i}`, host: "here", pid: i },
      ...{ slots: 2, shuffleHost: "127.0.0.1", folder: scratch.folder(), signal },
      openRunner: (job) => openPool(job),
      ownCopy: ({ name }) => Promise.resolve(hasCopies ? name : undefined),
      timeoutMs: 60_000,
    })
  );
  const ended = await result;
  await Promise.all(workers);
  return { result: ended, texts: await textsOf(output), events };
}

/** A handle that keeps what is written. */
function handleOf(signal = new AbortController().signal): TaskHandle & { readonly text: string } {
  const decoder = new TextDecoder();
  let text = "";
  return {
    signal,
    progress() {},
    readInput: () => Promise.reject(new Error("nobody is asked")),
    write(bytes) {
      text += decoder.decode(bytes, { stream: true });
      return Promise.resolve();
    },
    get text() {
      return text;
    },
  };
}

Deno.test("runSequential() counts the words of a real WET file as Python does", async () => {
  await using scratch = new Scratch();
  for (const name of ["whirlwind.warc.wet", "whirlwind.warc.wet.gz"]) {
    const plan = await planOf(words, [new URL(name, fixtures).pathname]);
    const { result, output } = await sequential(scratch, plan);
    assert.equal(result.outcome, "done");
    const texts = await textsOf(output);
    const lines = Object.values(texts).join("").split("\n").filter((line) => line !== "");
    const counts = Object.fromEntries(lines.map((line) => {
      const [word = "", count] = line.split("\t");
      return [word.replaceAll("\\\\", "\\"), Number(count)];
    }));
    const expected = JSON.parse(readFileSync(new URL("whirlwind.counts.json", fixtures), "utf8"));
    assert.deepEqual(counts, expected);
  }
});

for (
  const job of [
    words,
    { type: "index", tokens: "unicode", foldCase: true },
    { type: "languages" },
    { type: "sort" },
  ] as const
) {
  Deno.test(`Coordinator with threads gives what runSequential() gives: ${job.type}`, async () => {
    await using scratch = new Scratch();
    const paths = wetFiles(scratch, 4);
    const sizes = { sizes: { splitBytes: 60_000, packBytes: 20_000 } };
    const plan = await planOf(job, paths, sizes);
    const expected = await sequential(scratch, plan);
    assert.equal(expected.result.outcome, "done");
    const { result, texts } = await parallel(scratch, plan, [true, false]);
    assert.equal(result.outcome, "done", result.message);
    assert.deepEqual(texts, await textsOf(expected.output));
    assert(plan.tasks.length > 4, `${plan.tasks.length} tasks`);
    assert.equal(result.counters["map.records"], expected.result.counters["map.records"]);
  });
}

Deno.test("Coordinator with threads names what is wrong with an input, and ends as partial", async () => {
  await using scratch = new Scratch();
  const [whole = "", plain = ""] = wetFiles(scratch, 2);
  const bytes = Deno.readFileSync(whole);
  Deno.writeFileSync(whole, bytes.subarray(0, bytes.length - 20));
  const plan = await planOf(words, [whole, plain]);
  const expected = await sequential(scratch, plan);
  const { result, texts, events } = await parallel(scratch, plan, [true]);
  assert.equal(result.outcome, "partial");
  assert.deepEqual(result.problems.map(({ input, code }) => [input, code]), [[0, "gzip-cut"]]);
  assert.deepEqual(result.problems, expected.result.problems);
  assert.deepEqual(texts, await textsOf(expected.output));
  assert.equal(events.filter(({ type }) => type === "problem").length, 1);
  assert(texts["_SUCCESS"] === undefined && texts["_PARTIAL"] !== undefined);
});

Deno.test("Coordinator with threads ends as done when only the form of an input is wrong", async () => {
  await using scratch = new Scratch();
  const path = `${scratch.path}/short.warc.wet`;
  const record = (body: string, end: string) =>
    `WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: ${body.length}\r\n\r\n${body}${end}`;
  Deno.writeTextFileSync(path, record("a b", "\r\n") + record("b", "\r\n\r\n"));
  const plan = await planOf(words, [path]);
  const { result, texts } = await parallel(scratch, plan, [true]);
  assert.deepEqual(result.problems.map(({ code, offset }) => [code, offset]), [["bad-end", 0]]);
  assert.equal(result.outcome, "done");
  assert.equal(texts["_SUCCESS"], "");
  assert.deepEqual(Object.values(texts).join("").split("\n").sort(), ["", "a\t1", "b\t2"]);
});

Deno.test("ThreadPool.open() says what is wrong with a job", async () => {
  await assert.rejects(
    openPool({ job: `{"type":"nonsense"}`, partitions: 1 }),
    /Cannot read the job/,
  );
  const job = JSON.stringify({ type: "grep", pattern: "(" });
  await assert.rejects(openPool({ job, partitions: 1 }), /pattern|expression/i);
});

Deno.test("ThreadPool.runMap() names an input that the coordinator cannot send", async () => {
  await using scratch = new Scratch();
  const paths = wetFiles(scratch, 1);
  const plan = await planOf({ type: "sort" }, paths);
  await using pool = await openPool(plan, 1);
  const name = { epoch: 1, kind: "map", task: 0, attempt: 1 } as const;
  const inputs = plan.inputs.map((input) => ({ input }));
  const { splits } = plan.tasks[0] ?? assert.fail("no task");
  const work = { name, splits, inputs, folder: scratch.folder(), file: "out" };
  const readInput = () => Promise.reject(new TaskError("has changed: it had 5 bytes, has 4"));
  const message = `${paths[0]}: has changed: it had 5 bytes, has 4`;
  await assert.rejects(pool.runMap(work, { ...handleOf(), readInput }), {
    ...{ name: "TaskError", message, isWorkers: false },
  });
});

Deno.test("ThreadPool ends an attempt that nobody wants, however busy it is, and goes on", async () => {
  await using scratch = new Scratch();
  // A pattern that backtracks for ever: its thread hears nothing.
  const job = { type: "grep", pattern: "(a+)+$" } as const;
  const path = `${scratch.path}/evil.txt`;
  Deno.writeTextFileSync(path, `${"a".repeat(40)}b\n`);
  const plan = await planOf(job, [path], {}, 1);
  await using pool = await openPool(plan, 1);
  const folder = scratch.folder();
  const controller = new AbortController();
  const { splits = [] } = plan.tasks[0] ?? {};
  const inputs = plan.inputs.map((input) => ({ input, path }));
  const name = { epoch: 1, kind: "map", task: 0, attempt: 1 } as const;
  const work = { name, splits, inputs, folder, file: "evil" };
  const running = pool.runMap(work, handleOf(controller.signal));
  controller.abort(new Error("nobody wants it"));
  await assert.rejects(running, /nobody wants it/);
  Deno.writeTextFileSync(path, "good\n");
  const good = await planOf(job, [path], {}, 1);
  const task = { ...work, splits: good.tasks[0]?.splits ?? [], file: "good" };
  const goodInputs = good.inputs.map((input) => ({ input, path }));
  const { parts } = await pool.runMap({ ...task, inputs: goodInputs }, handleOf());
  assert.equal(parts.length, 1);
});

Deno.test("ThreadPool.runReduce() names the map output that is corrupt", async () => {
  await using scratch = new Scratch();
  const [path = ""] = wetFiles(scratch, 1);
  const plan = await planOf(words, [path], {}, 1);
  await using pool = await openPool(plan, 1);
  const folder = scratch.folder();
  const name = { epoch: 1, kind: "map", task: 0, attempt: 3 } as const;
  const { splits = [] } = plan.tasks[0] ?? {};
  const inputs = plan.inputs.map((input) => ({ input, path }));
  const file = "e1-map-0-a3";
  const { parts: [part] } = await pool.runMap({ name, splits, inputs, folder, file }, handleOf());
  assert(part !== undefined && part.records > 100);
  const { startByte, bytes } = part;
  const reduce = {
    name: { ...name, kind: "reduce" } as const,
    runs: [{ source: name, file, startByte, bytes }],
    folder,
    file: "e1-reduce-0-a1",
  };
  const handle = handleOf();
  await pool.runReduce(reduce, handle);
  assert.equal(handle.text.split("\n").length - 1, part.records);
  const run = Deno.readFileSync(folder.pathOf(file));
  run[run.length >> 1] = (run[run.length >> 1] ?? 0) ^ 1;
  Deno.writeFileSync(folder.pathOf(file), run);
  const error = await pool.runReduce(reduce, handleOf()).catch((error) => error);
  assert(error instanceof TaskError && error.isWorkers);
  assert.deepEqual(error.badSource, name);
});

Deno.test("ThreadPool.runReduce() merges more runs than are open at once", async () => {
  await using scratch = new Scratch();
  const path = `${scratch.path}/words.txt`;
  Deno.writeTextFileSync(path, "b a\nb\n");
  const plan = await planOf(words, [path], {}, 1);
  await using pool = await openPool(plan, 1);
  const folder = scratch.folder();
  const { splits = [] } = plan.tasks[0] ?? {};
  const inputs = plan.inputs.map((input) => ({ input, path }));
  const runs = [];
  for (let task = 0; task < 200; task++) {
    const source = { epoch: 1, kind: "map", task, attempt: 1 } as const;
    const file = `m${task}`;
    const work = { name: source, splits, inputs, folder, file };
    const { parts: [part] } = await pool.runMap(work, handleOf());
    runs.push({ source, file, startByte: 0, bytes: part?.bytes ?? 0 });
  }
  const handle = handleOf();
  const name = { epoch: 1, kind: "reduce", task: 0, attempt: 1 } as const;
  await pool.runReduce({ name, runs, folder, file: "r" }, handle);
  assert.equal(handle.text, "a\t200\nb\t400\n");
});
