import { forEachWord } from "./for_each_word.ts";
import { openWordCounter } from "../../kernel/open_word_counter.ts";
import type { WordCounter } from "../../kernel/word_counter.ts";
import { WordSorter } from "../../kernel/word_sorter.ts";
import type { WordCountJob } from "../job_description.ts";
import { NOTHING_TO_REPORT, reduceToSums } from "../reduce_steps.ts";
import type { JobParts, MapInput, RunningJob, TaskSigns } from "../running_job.ts";

/** Least memory that a counter of words is given, in bytes. */
const MIN_COUNTER_BYTES = 64 * 1024;

/** Counts words: the kernel does it, without a call per word. */
export function openWordCount({ tokens, foldCase }: WordCountJob, parts: JobParts): RunningJob {
  const memoryBytes = Math.max(parts.memoryBytes, MIN_COUNTER_BYTES);
  const open = () => openWordCounter({ kernel: parts.kernel, tokens, foldCase, memoryBytes });
  return {
    combine: "sum",
    async map(input, emit, signs) {
      const counter = open();
      const drain = () =>
        counter.drain(1, (_, entries) => forEachWord(entries, (key, value) => emit(key, value)));
      await eachPiece(input, signs, (bytes, isLast) => feedAll(counter, bytes, isLast, drain));
      drain();
      return NOTHING_TO_REPORT;
    },
    async mapRuns(input, { partitions, spills, sinkOf }, signs) {
      const sorter = new WordSorter({ counter: open(), partitions, spills });
      try {
        await eachPiece(input, signs, (bytes, isLast) => sorter.feed(bytes, isLast));
        const runs = sorter.finish(sinkOf);
        return { ...NOTHING_TO_REPORT, runs, emitted: sorter.records, spills: sorter.spills };
      } catch (error) {
        sorter.remove();
        throw error;
      }
    },
    reduce: reduceToSums,
    async [Symbol.asyncDispose]() {},
  };
}

async function eachPiece(
  input: MapInput,
  signs: TaskSigns,
  onPiece: (bytes: Uint8Array, isLast: boolean) => void,
): Promise<void> {
  for await (const batch of input.pieces()) {
    signs.signal.throwIfAborted();
    for (const { bytes, isLast } of batch) onPiece(bytes, isLast);
    signs.alive();
  }
}

function feedAll(
  counter: WordCounter,
  bytes: Uint8Array,
  isLast: boolean,
  drain: () => void,
): void {
  for (let rest = bytes;;) {
    const taken = counter.feed(rest, isLast);
    if (!counter.isFull) return;
    drain();
    rest = rest.subarray(taken);
  }
}
