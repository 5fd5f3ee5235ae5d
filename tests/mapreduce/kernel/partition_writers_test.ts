import assert from "node:assert/strict";
import { PartitionWriters } from "../../../lib/mapreduce/kernel/partition_writers.ts";
import { entriesOf, fromLatin1, RunsInMemory } from "./naive.ts";

Deno.test("PartitionWriters writes a run for each partition, also for those without entries", async () => {
  const output = new RunsInMemory();
  const writers = new PartitionWriters(4, output.sinkOf);
  writers.of(1).add(fromLatin1("a"), fromLatin1("1"));
  writers.of(1).add(fromLatin1("b"), fromLatin1("2"));
  writers.of(2).add(fromLatin1("a"), fromLatin1("3"));
  assert.deepEqual(writers.finish().map(({ records }) => records), [0, 2, 1, 0]);
  assert.deepEqual(
    await Promise.all(output.runs.map(entriesOf)),
    [[], ["a\t1", "b\t2"], ["a\t3"], []],
  );
});

Deno.test("PartitionWriters refuses partitions that are finished, or that do not exist", () => {
  const writers = new PartitionWriters(2, new RunsInMemory().sinkOf);
  writers.of(1);
  assert.throws(() => writers.of(0), /^RangeError: Partition 0 comes after a later one/);
  assert.throws(() => writers.of(2), RangeError);
});
