import assert from "node:assert/strict";
import fc from "fast-check";
import type { JobDescription } from "../../../../lib/mapreduce/jobs/job_description.ts";
import { MemorySpillStore } from "../../kernel/memory_spill_store.ts";
import { runMapTask } from "../../../../lib/mapreduce/jobs/map_task.ts";
import { openJob } from "../../../../lib/mapreduce/jobs/open_job.ts";
import { inputOf, keptSigns, plainParts, runJob, type TestRecord } from "../run_job.ts";

async function linesOf(job: JobDescription, ...tasks: readonly (readonly TestRecord[])[]) {
  await using running = await openJob(job, plainParts);
  return (await runJob(running, tasks.map((records) => inputOf(records)))).lines;
}

const page = (uri: string, body: string, more = "") => ({
  head: `WARC-Type: conversion\r\nWARC-Target-URI: ${uri}\r\n${more}`,
  body,
});

Deno.test("openWordCount() counts over all tasks", async () => {
  const job = { type: "wordcount", tokens: "whitespace", foldCase: false } as const;
  assert.deepEqual(await linesOf(job, ["a b", "b"], ["b A"]), ["A\t1", "a\t1", "b\t3"]);
});

Deno.test("openWordCount() gives the same by map as by mapRuns, also with little memory", async () => {
  const job = { type: "wordcount", tokens: "unicode", foldCase: true } as const;
  const line = fc.string({ unit: "grapheme", maxLength: 40 }).map((text) =>
    text.replaceAll("\n", " ")
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 30 }), async (lines) => {
      const parts = { ...plainParts, memoryBytes: 64 * 1024 };
      await using quick = await openJob(job, parts);
      const { mapRuns: _, ...slow } = quick;
      const direct = await runJob(quick, [inputOf(lines)]);
      const sorted = await runJob({ ...slow }, [inputOf(lines)]);
      assert.deepEqual(direct.outputs, sorted.outputs);
    }),
    { numRuns: 30 },
  );
});

Deno.test("openWordCount() drains when memory is full, and loses nothing", async () => {
  const words = Array.from({ length: 20_000 }, (_, at) => `word${at % 7919}`);
  const parts = { ...plainParts, memoryBytes: 64 * 1024 };
  const job = { type: "wordcount", tokens: "whitespace", foldCase: false } as const;
  await using running = await openJob(job, parts);
  const emitted = new Map<string, number>();
  const decoder = new TextDecoder();
  const take = (key: Uint8Array, value: Uint8Array) => {
    const word = decoder.decode(key);
    emitted.set(word, (emitted.get(word) ?? 0) + Number(decoder.decode(value)));
  };
  await running.map(inputOf([words.join(" ")]), take, keptSigns().signs);
  assert.equal(emitted.size, 7919);
  assert.equal([...emitted.values()].reduce((a, b) => a + b), 20_000);
  const { maps } = await runJob(running, [inputOf([words.join(" ")])]);
  assert(maps[0]!.spills > 0);
  assert.equal(maps[0]!.emitted, 20_000);
});

Deno.test("openGrep() counts what matches, in lines and in pages", async () => {
  const job = { type: "grep", pattern: "[a-z]+ä?|x*" } as const;
  assert.deepEqual(await linesOf(job, ["ab 1 cä", "ab"]), ["ab\t2", "cä\t1"]);
  const perLine = { type: "grep", pattern: "^b$" } as const;
  assert.deepEqual(await linesOf(perLine, [page("http://a/", "a\nb\nb")]), ["b\t2"]);
});

Deno.test("openGrep() refuses a pattern that is none, in one line", async () => {
  const job = { type: "grep", pattern: "[" } as const;
  await assert.rejects(openJob(job, plainParts), {
    name: "JobError",
    isFinal: true,
    message: /^Cannot use the pattern "\[": Unterminated character class; a JavaScript/,
  });
});

Deno.test("openIndex() lists each document once, in the order of input", async () => {
  const job = { type: "index", tokens: "whitespace", foldCase: true } as const;
  const tasks = [
    [page("http://b/x y", "one two one"), page("http://a/", "Two")],
    [page("http://b/x y", "two")],
  ];
  assert.deepEqual(await linesOf(job, ...tasks), [
    "one\thttp://b/x%20y",
    "two\thttp://b/x%20y http://a/",
  ]);
});

Deno.test("openIndex() takes all lines of a file as one document", async () => {
  const job = { type: "index", tokens: "unicode", foldCase: false } as const;
  await using running = await openJob(job, plainParts);
  const { lines, maps } = await runJob(running, [inputOf(["a, b", "a"], ["a"])]);
  assert.deepEqual(lines, ["a\tpages.txt", "b\tpages.txt"]);
  assert.equal(maps[0]!.emitted, 2);
});

Deno.test("openJob() counts hosts, and records without one", async () => {
  const records = [
    page("https://EXAMPLE.org:8080/a", ""),
    page("<http://example.org/b>", ""),
    page("urn:uuid:1", ""),
    "a line",
  ];
  assert.deepEqual(await linesOf({ type: "domains" }, records), ["-\t2", "example.org\t2"]);
});

Deno.test("openJob() counts languages, each once per record, and und where none is known", async () => {
  const said = (codes: string) =>
    page("http://a/", "", `WARC-Identified-Content-Language: ${codes}`);
  const records = [said("eng,fra"), said("eng"), said("eng,eng"), said(""), page("http://a/", "")];
  assert.deepEqual(await linesOf({ type: "languages" }, records), ["eng\t3", "fra\t1", "und\t2"]);
});

Deno.test("openSort() keeps equal lines, empty ones too, and escapes", async () => {
  assert.deepEqual(
    await linesOf({ type: "sort" }, ["b", "a\tx", "b"], ["", page("u:", "b\n\nc")]),
    [
      "\t",
      "\t",
      "a\\tx\t",
      "b\t",
      "b\t",
      "b\t",
      "c\t",
    ],
  );
});

Deno.test("openJob() sorts each partition by the bytes of its keys", async () => {
  await using running = await openJob({ type: "sort" }, plainParts);
  const given = ["ä", "z", "Z", "\u{1F600}", "\u{FFFD}", "a"];
  const { outputs } = await runJob(running, [inputOf(given)], { partitions: 1 });
  assert.equal(outputs[0], "Z\t\na\t\nz\t\nä\t\n\u{FFFD}\t\n\u{1F600}\t\n");
});

Deno.test("openJob() ends a task whose signal aborts", async () => {
  await using running = await openJob({ type: "sort" }, plainParts);
  const { signs } = keptSigns(AbortSignal.abort(new Error("not wanted")));
  await assert.rejects(runJob(running, [inputOf(["a"])], { signs }), { message: "not wanted" });
});

Deno.test("runMapTask() spills when memory is full, and gives the same", async () => {
  const lines = Array.from({ length: 5000 }, (_, at) => `line ${at % 977}`);
  await using running = await openJob({ type: "sort" }, plainParts);
  const much = await runJob(running, [inputOf(lines)]);
  const little = await runJob(running, [inputOf(lines)], { memoryBytes: 16 * 1024 });
  assert.equal(much.maps[0]!.spills, 0);
  assert(little.maps[0]!.spills > 3);
  assert.deepEqual(little.outputs, much.outputs);
  assert.equal(little.maps[0]!.emitted, 5000);
});

Deno.test("runMapTask() removes its spills when the job fails", async () => {
  await using running = await openJob({ type: "sort" }, plainParts);
  const spills = new MemorySpillStore();
  const input = {
    ...inputOf(),
    async *records() {
      yield* inputOf(Array.from({ length: 5000 }, (_, at) => `line ${at}`)).records();
      assert(spills.size > 0);
      throw new Error("cannot be read");
    },
  };
  const output = { partitions: 2, spills, sinkOf: () => ({ write() {} }) };
  const task = runMapTask(running, input, output, { memoryBytes: 16 * 1024 }, keptSigns().signs);
  await assert.rejects(task, { message: "cannot be read" });
  assert.equal(spills.size, 0);
});
