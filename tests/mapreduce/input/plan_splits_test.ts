import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { concat } from "@std/bytes/concat";
import fc from "fast-check";
import { findCuts } from "../../../lib/mapreduce/input/find_cuts.ts";
import { formatOf } from "../../../lib/mapreduce/input/format_of.ts";
import { planSplits, splitSizes } from "../../../lib/mapreduce/input/plan_splits.ts";
import { planTasks } from "../../../lib/mapreduce/input/plan_tasks.ts";
import { resolveInputs } from "../../../lib/mapreduce/input/resolve_inputs.ts";
import { wetFile, wetRecord } from "../generate_wet.ts";
import { bytesSource } from "./bytes_source.ts";
import { FakeInputFiles } from "./fake_input_files.ts";
import { bodiesOf, recordsOf } from "./read_all.ts";

const MIB = 1024 * 1024;
const WET = { seed: 4, bytes: 1_500_000, vocabulary: 500, bodyBytes: 2_000 } as const;

function cutsOf(
  name: string,
  bytes: Uint8Array,
  splitBytes: number,
  kind: "file" | "url" = "file",
) {
  const input = { size: bytes.length, kind, ...formatOf(name, bytes.subarray(0, 4096)) };
  return findCuts(input, bytesSource(bytes), splitBytes);
}

for (
  const [name, bytes] of [
    ["a.wet", wetFile(WET)],
    ["a.wet.gz", wetFile({ ...WET, members: "record" })],
    ["a.txt", new TextEncoder().encode("a line of text\n".repeat(60_000) + "end")],
  ] as const
) {
  Deno.test(`findCuts() of ${name}: the parts together are the whole`, async () => {
    const part = name === "a.txt" ? { format: "text" } as const : {};
    const whole = await recordsOf(bytes, part);
    const wholeText = (await bodiesOf(bytes, part)).bodies.join("");
    for (const splitBytes of [50_000, 123_457, bytes.length - 1, bytes.length]) {
      const cuts = await cutsOf(name, bytes, splitBytes);
      const parts = Math.ceil(bytes.length / splitBytes);
      assert.equal(cuts.length, parts - 1, `${splitBytes}`);
      const borders = [0, ...cuts, bytes.length];
      const records = [];
      let text = "";
      for (const [i, startByte] of borders.slice(0, -1).entries()) {
        const split = { ...part, startByte, endByte: borders[i + 1] as number };
        assert.ok(split.endByte > split.startByte);
        const found = await recordsOf(bytes, { ...split, isGzip: name.endsWith("gz") });
        assert.deepEqual(found.tally.problems, []);
        records.push(...found.records);
        text += (await bodiesOf(bytes, { ...split, isGzip: name.endsWith("gz") })).bodies.join("");
      }
      assert.deepEqual(records, whole.records);
      assert.ok(text === wholeText);
    }
  });
}

Deno.test("findCuts() cuts no lines in gzip, no single member, no WARC behind a URL", async () => {
  assert.deepEqual(await cutsOf("a.txt.gz", gzipSync(wetFile(WET)), 10_000), []);
  assert.deepEqual(await cutsOf("a.wet.gz", gzipSync(wetFile(WET)), 10_000), []);
  assert.deepEqual(await cutsOf("a.wet", wetFile(WET), 10_000, "url"), []);
  assert.deepEqual(await cutsOf("a.txt", new TextEncoder().encode("x".repeat(900)), 100), []);
});

Deno.test("findCuts() cuts nothing behind a record that is wrong", async () => {
  const record = wetRecord("conversion", [], "x".repeat(1_000));
  const records = Array.from({ length: 100 }, () => record);
  records[50] = new TextEncoder().encode("junk\r\n");
  const bytes = concat(records);
  const cuts = await cutsOf("a.wet", bytes, 10_000);
  assert.ok(cuts.length > 2);
  assert.ok(cuts.every((cut) => cut <= 50 * record.length));
});

Deno.test("findCuts() finds records by Content-Length, not by what stands in a body", async () => {
  const trap = "\r\n\r\nWARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 1\r\n\r\nx\r\n\r\n"
    .repeat(99);
  const record = wetRecord("conversion", [], trap);
  const bytes = concat(Array.from({ length: 30 }, () => record));
  const cuts = await cutsOf("a.wet", bytes, 20_000);
  assert.ok(cuts.length > 3);
  assert.ok(cuts.every((cut) => cut % record.length === 0));
});

Deno.test("planSplits() gives every byte once, in order, and packs small inputs", () => {
  const input = fc.record({ size: fc.nat(100), cuts: fc.array(fc.integer({ min: 1, max: 99 })) });
  fc.assert(fc.property(fc.array(input), fc.integer({ min: 1, max: 60 }), (given, packBytes) => {
    const cuts = new Map(given.map(({ size, cuts }, number) => {
      const inside = [...new Set(cuts)].filter((cut) => cut < size).sort((a, b) => a - b);
      return [number, inside] as const;
    }));
    const inputs = given.map(({ size }, number) => {
      return { number, size, format: "text", isGzip: false } as const;
    });
    const tasks = planSplits(inputs, cuts, { packBytes });
    assert.deepEqual(tasks.map(({ number }) => number), tasks.map((_, i) => i));
    const splits = tasks.flatMap((task) => task.splits);
    const borders = splits.map(({ input, startByte, endByte }) => [input, startByte, endByte]);
    const wanted = inputs.flatMap(({ number, size }) => {
      const all = [0, ...cuts.get(number) ?? [], size];
      return all.slice(1).map((end, i) => [number, all[i], end]);
    });
    assert.deepEqual(borders, wanted);
    const sizes = tasks.map((task) => task.splits.map((split) => split.endByte - split.startByte));
    const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
    for (const [i, task] of sizes.entries()) {
      assert.ok(task.length > 0);
      assert.ok(task.length === 1 || sum(task) <= packBytes);
      const next = sizes[i + 1]?.[0];
      if (next !== undefined) assert.ok(sum(task) + next > packBytes);
    }
  }));
});

Deno.test("splitSizes() makes some 32 tasks, within limits", () => {
  assert.deepEqual(splitSizes(0), { splitBytes: 8 * MIB, packBytes: MIB });
  assert.deepEqual(splitSizes(320 * MIB), { splitBytes: 10 * MIB, packBytes: 10 * MIB });
  assert.deepEqual(splitSizes(2 ** 40), { splitBytes: 64 * MIB, packBytes: 16 * MIB });
});

Deno.test("planTasks() cuts what is large, packs what is small, and closes all", async () => {
  const files = new FakeInputFiles();
  files.put("a.txt", "x\n");
  files.put("b.wet", wetFile(WET));
  files.put("c.txt", "y\n");
  files.put("d.txt", "z\n");
  const inputs = await resolveInputs(["."], files);
  const tasks = await planTasks(inputs, files, {
    sizes: { splitBytes: 400_000, packBytes: 1_000 },
  });
  assert.deepEqual(tasks.map(({ splits }) => splits.map(({ input }) => input)), [
    [0],
    ...Array(Math.ceil((inputs[1]?.size ?? 0) / 400_000)).fill([1]),
    [2, 3],
  ]);
  assert.equal(files.openSources, 0);
});

Deno.test("findCuts() cuts gzip in front of records only, not of all members", async () => {
  const plain = wetRecord("conversion", [], "a long text ".repeat(100_000));
  const parts: Uint8Array[] = [];
  for (let at = 0; at < plain.length; at += 1_000) {
    parts.push(gzipSync(plain.subarray(at, at + 1_000)));
  }
  assert.deepEqual(await cutsOf("a.wet.gz", concat(parts), 10_000), []);
  const record = gzipSync(wetRecord("conversion", [], "here"));
  parts.splice(600, 0, record);
  const before = concat(parts.slice(0, 600)).length;
  assert.deepEqual(await cutsOf("a.wet.gz", concat(parts), 10_000), [before]);
});
