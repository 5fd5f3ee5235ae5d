import assert from "node:assert/strict";
import fc from "fast-check";
import type { Combine } from "../../../lib/mapreduce/kernel/combine.ts";
import { ExternalSorter } from "../../../lib/mapreduce/kernel/external_sorter.ts";
import { MemorySpillStore } from "./memory_spill_store.ts";
import { partitionOf } from "../../../lib/mapreduce/kernel/partition_of.ts";
import { compareText, entriesOf, fromLatin1, latin1, RunsInMemory } from "./naive.ts";

const key = fc.oneof(
  fc.constantFrom("", "a", "b", "a\0", "common prefix 1", "common prefix 2", "\xff\xfe"),
  fc.uint8Array({ maxLength: 12 }).map(latin1),
);
const emitted = fc.array(fc.tuple(key, fc.uint8Array({ maxLength: 9 }).map(latin1)), {
  maxLength: 120,
});

/** A stable sort of everything. */
function naive(given: readonly (readonly [string, string])[], partitions: number): string[][] {
  const lists: string[][] = Array.from({ length: partitions }, () => []);
  const sorted = given.toSorted(([a], [b]) => compareText(a, b));
  for (const [key, value] of sorted) {
    lists[partitionOf(fromLatin1(key), partitions)]?.push(`${key}\t${value}`);
  }
  return lists;
}

async function sort(
  given: readonly (readonly [string, string])[],
  partitions: number,
  memoryBytes: number,
  combine?: Combine | "sum",
): Promise<{ lists: string[][]; spills: number }> {
  const store = new MemorySpillStore();
  const sorter = new ExternalSorter({
    partitions,
    memoryBytes,
    spills: store,
    ...combine && { combine },
  });
  for (const [key, value] of given) sorter.emit(fromLatin1(key), fromLatin1(value));
  const output = new RunsInMemory();
  const summaries = sorter.finish(output.sinkOf);
  assert.equal(store.size, 0);
  assert.equal(sorter.records, given.length);
  assert.deepEqual(summaries.map(({ bytes }) => bytes), output.runs.map((run) => run.length));
  const lists = await Promise.all(output.runs.map(entriesOf));
  assert.deepEqual(summaries.map(({ records }) => records), lists.map((list) => list.length));
  return { lists, spills: sorter.spills };
}

Deno.test("ExternalSorter equals a stable sort of everything, in any memory", async () => {
  await fc.assert(
    fc.asyncProperty(
      emitted,
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom(0, 60, 300, 1_000_000),
      async (given, partitions, memoryBytes) => {
        const { lists, spills } = await sort(given, partitions, memoryBytes);
        assert.deepEqual(lists, naive(given, partitions));
        if (memoryBytes === 0 && given.length > 1) assert.equal(spills, given.length);
        if (memoryBytes === 1_000_000) assert.equal(spills, 0);
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("ExternalSorter keeps the order of values over hundreds of spills", async () => {
  const given = Array.from({ length: 3000 }, (_, i) => [`k${i % 3}`, `${i}`] as const);
  const { lists, spills } = await sort(given, 2, 100);
  assert.deepEqual(lists, naive(given, 2));
  assert.ok(spills >= 900, `${spills}`);
});

Deno.test("ExternalSorter adds counts, in any memory", async () => {
  const given = Array.from({ length: 500 }, (_, i) => [`k${i % 7}`, `${i}`] as const);
  const sums = new Map<string, number>();
  for (const [key, value] of given) sums.set(key, (sums.get(key) ?? 0) + Number(value));
  const expected = naive([...sums].map(([key, sum]) => [key, `${sum}`]), 3);
  for (const memoryBytes of [0, 500, 1_000_000]) {
    assert.deepEqual((await sort(given, 3, memoryBytes, "sum")).lists, expected);
  }
});

Deno.test("ExternalSorter combines by a function, whose values may be any number", async () => {
  const largest: Combine = (_key, values) => {
    const list = values.map(latin1).sort(compareText);
    return list.at(-1) === "none" ? [] : [fromLatin1(list.at(-1) ?? "")];
  };
  const given = ["a=1", "b=9", "a=5", "b=2", "c=none", "a=3"].map((line) =>
    line.split("=") as [string, string]
  );
  for (const memoryBytes of [0, 90, 1_000_000]) {
    assert.deepEqual((await sort(given, 1, memoryBytes, largest)).lists, [["a\t5", "b\t9"]]);
  }
});

Deno.test("ExternalSorter.remove() removes the spills of a task that is given up", () => {
  const store = new MemorySpillStore();
  const sorter = new ExternalSorter({ partitions: 2, memoryBytes: 0, spills: store });
  for (let i = 0; i < 40; i++) sorter.emit(fromLatin1(`${i}`), fromLatin1("v"));
  assert.ok(store.size > 0);
  sorter.remove();
  assert.equal(store.size, 0);
});

Deno.test("ExternalSorter fails on a spill that was changed", () => {
  const store = new MemorySpillStore();
  const open = store.open.bind(store);
  store.open = (id, startByte, endByte) => open(id, startByte, endByte - 1);
  const sorter = new ExternalSorter({ partitions: 1, memoryBytes: 0, spills: store });
  for (const key of ["a", "b", "c"]) sorter.emit(fromLatin1(key), fromLatin1("v"));
  assert.throws(
    () => sorter.finish(new RunsInMemory().sinkOf),
    /^RunError: spill 0, partition 0 is cut: it ends after \d+ B$/,
  );
});

Deno.test("ExternalSorter removes a spill that could not be written", () => {
  const store = new MemorySpillStore();
  const create = store.create.bind(store);
  store.create = () => {
    const file = create();
    const write = () => {
      throw new Error("The disk is full");
    };
    return { ...file, write };
  };
  const sorter = new ExternalSorter({ partitions: 1, memoryBytes: 0, spills: store });
  sorter.emit(fromLatin1("a"), fromLatin1("v"));
  assert.throws(() => sorter.emit(fromLatin1("b"), fromLatin1("v")), /The disk is full/);
  assert.equal(store.size, 0);
});
