import assert from "node:assert/strict";
import { FakeClock } from "../../../../lib/clock/fake_clock.ts";
import { defineJob } from "../../../../lib/mapreduce/jobs/user/define_job.ts";
import type { UserJob } from "../../../../lib/mapreduce/jobs/job_description.ts";
import { openJob } from "../../../../lib/mapreduce/jobs/open_job.ts";
import { FakeSandboxes, type Fate } from "../fake_sandbox.ts";
import { inputOf, keptSigns, plainParts, runJob } from "../run_job.ts";

const described: UserJob = {
  ...{ type: "user", name: "job.ts", source: "export default {};", onError: "skip" },
  ...{ timeLimitMs: 1000, memoryBytes: 1 },
};

const words = defineJob({
  map({ text, offset }, emit, tools) {
    if (text === "throw") {
      emit("half", "of it");
      throw new Error("not this one");
    }
    for (const word of text.split(" ")) emit(word, `${offset}`);
    tools.count("lines");
  },
  async reduce(key, values, emit) {
    const all: string[] = [];
    for await (const value of values) all.push(value);
    if (key === "bad") throw new RangeError("no such key");
    emit(key, all.join(","));
  },
});

async function open(job: unknown, fateOf?: (text: string) => Fate | undefined, more = {}) {
  const spawner = new FakeSandboxes(job, fateOf);
  const clock = new FakeClock();
  const running = await openJob({ ...described, ...more }, { ...plainParts, spawner, clock });
  return { spawner, clock, running };
}

Deno.test("openUserJob() maps and reduces, values in the order of input", async () => {
  const { running } = await open(words);
  const { lines, maps } = await runJob(running, [inputOf(["b a", "b"]), inputOf(["b"])]);
  assert.deepEqual(lines, ["a\t0", "b\t0,4,0"]);
  assert.deepEqual(maps.map(({ counts }) => counts), [{ "job:lines": 2 }, { "job:lines": 1 }]);
});

Deno.test("openUserJob() adds counts up by itself where the job says sum", async () => {
  const job = defineJob({
    map: ({ bytes }, emit) => emit(bytes, 1n),
    combine: "sum",
    reduce: "sum",
  });
  const { running, spawner } = await open(job);
  const { lines } = await runJob(running, [inputOf(["a", "b", "a"])]);
  assert.deepEqual(lines, ["a\t2", "b\t1"]);
  assert.equal(spawner.asked.length, 1);
});

Deno.test("openUserJob() has the sandbox combine what a request emits", async () => {
  const job = defineJob({
    format: "bytes",
    map: ({ text }, emit) => emit(text, text),
    combine: (_, values) => [values.length],
  });
  const { running } = await open(job);
  const { lines } = await runJob(running, [inputOf(["a", "b", "a"], ["a"])]);
  assert.deepEqual(lines, ["a\t1", "a\t2", "b\t1"]);
});

Deno.test("openUserJob() leaves out a record for which the job throws, and all that it emitted", async () => {
  const { running } = await open(words);
  const { lines, maps } = await runJob(running, [inputOf(["a", "throw", "b"])]);
  assert.deepEqual(lines, ["a\t0", "b\t8"]);
  const [skipped] = maps[0]!.skipped;
  assert.match(skipped!.message, /^Error: not this one/);
  assert.deepEqual([skipped!.input, skipped!.offset], [0, 2]);
  assert.deepEqual(maps[0]!.counts, { "job:lines": 2, "tram:skipped records": 1 });
});

Deno.test("openUserJob() fails for good at a record for which the job throws", async () => {
  const { running } = await open(words, undefined, { onError: "fail" });
  await assert.rejects(runJob(running, [inputOf(["a", "throw", "b"])]), {
    name: "JobError",
    isFinal: true,
    message: /^pages\.txt at byte 2: Error: not this one/,
  });
});

Deno.test("openUserJob() leaves out a key for which the reducer throws", async () => {
  const { running } = await open(words);
  const { lines, reduces } = await runJob(running, [inputOf(["a bad c"])], { partitions: 1 });
  assert.deepEqual(lines, ["a\t0", "c\t0"]);
  assert.match(reduces[0]!.skipped[0]!.message, /^key "bad": RangeError: no such key/);
});

const DEATHS: Record<Exclude<Fate, "silent">, RegExp> = {
  killed: /^its process ended by SIGKILL \(3 times\)$/,
  garbage: /^it wrote to standard output what is no frame: .* \(3 times\)$/,
  memory: /^it took more than 1 MiB of memory \(3 times\)$/,
  noisy: /^it ran out of memory \(3 times\)$/,
};
for (const [fate, message] of Object.entries(DEATHS)) {
  Deno.test(`openUserJob() leaves out a record that killed three processes: ${fate}`, async () => {
    const { running, spawner } = await open(
      words,
      (text) => text.includes("deadly") ? fate as Fate : undefined,
    );
    const { lines, maps } = await runJob(running, [inputOf(["a", "deadly", "b"])]);
    assert.deepEqual(lines, ["a\t0", "b\t9"]);
    assert.match(maps[0]!.skipped[0]!.message, message);
    assert.equal(maps[0]!.counts["tram:sandboxes that died"], 3);
    assert.equal(spawner.started, 4);
    await running[Symbol.asyncDispose]();
    assert.equal(spawner.killed, 4);
  });
}

Deno.test("openUserJob() tries a record again that killed a process once", async () => {
  let left = 2;
  const fate = (text: string) => text.includes("unlucky") && left-- > 0 ? "killed" : undefined;
  const { running } = await open(words, fate);
  const { lines, maps } = await runJob(running, [inputOf(["a", "unlucky", "b"])]);
  assert.deepEqual(lines, ["a\t0", "b\t10", "unlucky\t2"]);
  assert.deepEqual(maps[0]!.skipped, []);
});

Deno.test("openUserJob() counts the deaths of each record for itself", async () => {
  const { running } = await open(words, (text) => /x\d/.test(text) ? "killed" : undefined);
  const { lines, maps } = await runJob(running, [inputOf(["x1", "a", "x2"])]);
  assert.deepEqual(lines, ["a\t3"]);
  assert.equal(maps[0]!.skipped.length, 2);
  assert.equal(maps[0]!.counts["tram:sandboxes that died"], 6);
});

Deno.test("openUserJob() ends a process that does not answer in time, and goes on", async () => {
  const { running, clock, spawner } = await open(
    words,
    (text) => text.includes("slow") ? "silent" : undefined,
  );
  const before = clock.monotonicNs();
  const { signs, statuses } = keptSigns();
  const result = runJob(running, [inputOf(["a", "slow", "b"])], { signs });
  const { lines, maps } = await clock.runUntil(result);
  assert.deepEqual(lines, ["a\t0", "b\t7"]);
  assert.equal(maps[0]!.skipped[0]!.message, "it took more than 1000 ms (3 times)");
  assert.equal(clock.monotonicNs() - before, 3e9);
  assert.equal(spawner.killed, 3);
  assert.equal(statuses.length, 3);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("openUserJob() ends the process when nobody wants the task", async () => {
  const controller = new AbortController();
  const { running, spawner } = await open(words, () => {
    controller.abort(new Error("not wanted"));
    return "silent";
  });
  const { signs } = keptSigns(controller.signal);
  await assert.rejects(runJob(running, [inputOf(["a"])], { signs }), { message: "not wanted" });
  assert.equal(spawner.killed, 1);
});

Deno.test("openUserJob() reduces a group that is larger than a request, with flat memory", async () => {
  const value = "v".repeat(1000);
  const job = defineJob({
    map: (_, emit) => {
      for (let at = 0; at < 3000; at++) emit("large", value);
      emit("small", "1");
    },
    async reduce(key, values, emit) {
      let size = 0;
      for await (const one of values) {
        size += one.length;
        if (size % 1_000_000 === 0) emit(key, size);
      }
      emit(key, size);
    },
  });
  const { running, spawner } = await open(job);
  const tasks = [inputOf(["1"])];
  const { outputs } = await runJob(running, tasks, { partitions: 1 });
  const want = "large\t1000000\nlarge\t2000000\nlarge\t3000000\nlarge\t3000000\nsmall\t1\n";
  assert.equal(outputs[0], want);
  assert(spawner.asked.length > 3);
  assert(spawner.asked.every((text) => text.length < 2_500_000 || text.startsWith('{"inputs"')));
});

Deno.test("openUserJob() goes on with a reducer that does not read all of a large group", async () => {
  const value = "v".repeat(1000);
  const job = defineJob({
    map: (_, emit) => {
      for (let at = 0; at < 3000; at++) emit("large", value);
      emit("small", "1");
    },
    reduce: (key, _, emit) => emit(key, "seen"),
  });
  const { running } = await open(job);
  const { lines } = await runJob(running, [inputOf(["1"])], { partitions: 1 });
  assert.deepEqual(lines, ["large\tseen", "small\tseen"]);
});

Deno.test("openUserJob() fails when a process dies in the middle of a large group", async () => {
  const job = defineJob({
    map: (_, emit) => {
      for (let at = 0; at < 3000; at++) emit("large", "v".repeat(1000));
    },
    async reduce(_, values) {
      for await (const __ of values);
    },
  });
  let pieces = 0;
  const fate = (text: string) =>
    text.startsWith('{"pieces"') && ++pieces === 2 ? "killed" : undefined;
  const { running } = await open(job, fate);
  await assert.rejects(runJob(running, [inputOf(["1"])], { partitions: 1 }), {
    name: "JobError",
    isFinal: false,
    message: /^key "large": its process ended by SIGKILL$/,
  });
});

Deno.test("openUserJob() names a record that emits more than may be", async () => {
  const value = new Uint8Array(1024 * 1024);
  const job = defineJob({
    map({ text }, emit) {
      for (let at = 0; at < (text === "much" ? 40 : 1); at++) emit(text, value);
    },
    reduce: (key, _, emit) => emit(key, ""),
  });
  const { running } = await open(job);
  const { lines, maps } = await runJob(running, [inputOf(["a", "much", "b"])]);
  assert.deepEqual(lines, ["a\t", "b\t"]);
  assert.deepEqual(maps[0]!.skipped, [
    { input: 0, offset: 2, message: "it emitted more than 33554432 bytes" },
  ]);
});

Deno.test("openUserJob() gives fields of WARC records in whatever case, and none of lines", async () => {
  const job = defineJob({
    map: ({ header, input }, emit) => emit(header("WARC-target-uri") ?? "none", input),
  });
  const { running } = await open(job);
  const page = { head: "WARC-Target-URI: http://a/\r\n", body: "" };
  const { lines } = await runJob(running, [inputOf([page, "line"])]);
  assert.deepEqual(lines, ["http://a/\tpages.txt", "none\tpages.txt"]);
});
