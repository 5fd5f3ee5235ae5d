import assert from "node:assert/strict";
import { MemorySpillStore } from "./memory_spill_store.ts";
import { openWordCounter } from "../../../lib/mapreduce/kernel/open_word_counter.ts";
import type { Kernel } from "../../../lib/mapreduce/kernel/word_counter_options.ts";
import { WordSorter } from "../../../lib/mapreduce/kernel/word_sorter.ts";
import { entriesOf, fromLatin1, naiveCounts, naivePartitions, RunsInMemory } from "./naive.ts";

function sortWords(kernel: Kernel, memoryBytes: number, text: Uint8Array, partBytes: number) {
  const spills = new MemorySpillStore();
  const counter = openWordCounter({ kernel, tokens: "whitespace", foldCase: false, memoryBytes });
  const sorter = new WordSorter({ counter, partitions: 4, spills });
  for (let at = 0; at < text.length; at += partBytes) {
    sorter.feed(text.subarray(at, at + partBytes), at + partBytes >= text.length);
  }
  const output = new RunsInMemory();
  const summaries = sorter.finish(output.sinkOf);
  assert.equal(spills.size, 0);
  return { sorter, summaries, runs: output.runs };
}

Deno.test("WordSorter gives the same runs whatever the kernel, the memory and the parts", async () => {
  const words = Array.from(
    { length: 40_000 },
    (_, i) => `w${i * 7919 % 12_345}\xc3${"é".repeat(i % 20)}`,
  );
  const text = fromLatin1(words.join(" "));
  const expected = naivePartitions(naiveCounts([text]), 4);
  for (const kernel of ["plain", "wasm"] as const) {
    for (const [memoryBytes, partBytes] of [[64 * 1024, 70_000], [64 * 1024 * 1024, 1_000_000]]) {
      const { sorter, runs, summaries } = sortWords(
        kernel,
        memoryBytes as number,
        text,
        partBytes as number,
      );
      assert.deepEqual(await Promise.all(runs.map(entriesOf)), expected);
      assert.deepEqual(
        summaries.map(({ records }) => records),
        expected.map((list) => list.length),
      );
      assert.equal(sorter.records, 40_000);
      assert.equal(sorter.spills > 30, memoryBytes === 64 * 1024, `${sorter.spills} spills`);
    }
  }
});
