import type { SinkOf } from "./partition_writers.ts";
import { PartitionWriters } from "./partition_writers.ts";
import type { RunSummary } from "./run_format.ts";
import { SpillSet } from "./spill_set.ts";
import type { SpillStore } from "./spill_store.ts";
import type { WordCounter } from "./word_counter.ts";

/** How a sorter of words works. */
export interface WordSorterOptions {
  readonly counter: WordCounter;
  readonly partitions: number;
  readonly spills: SpillStore;
}

/**
 * The map task of word counting: counts words, spills the counts where the counter's memory is
 * full, and gives one run of (word, count) per partition.
 */
export class WordSorter {
  readonly #counter: WordCounter;
  readonly #partitions: number;
  readonly #spills: SpillSet;

  constructor({ counter, partitions, spills }: WordSorterOptions) {
    this.#counter = counter;
    this.#partitions = partitions;
    this.#spills = new SpillSet(spills, partitions, "sum");
  }

  /** Words counted. */
  get records(): number {
    return this.#counter.tokens;
  }

  /** Spills that memory forced. */
  get spills(): number {
    return this.#spills.count;
  }

  /** Counts the words of a part of a record; `isLast` ends the record. */
  feed(bytes: Uint8Array, isLast: boolean): void {
    let rest = bytes;
    while (true) {
      const taken = this.#counter.feed(rest, isLast);
      if (!this.#counter.isFull) return;
      this.#spills.add((writers) => this.#drain(writers));
      rest = rest.subarray(taken);
    }
  }

  /** Writes the run of each partition, and removes the spills. */
  finish(sinkOf: SinkOf): RunSummary[] {
    if (this.#spills.count > 0) {
      this.#spills.add((writers) => this.#drain(writers));
      return this.#spills.finish(sinkOf);
    }
    const writers = new PartitionWriters(this.#partitions, sinkOf);
    this.#drain(writers);
    return writers.finish();
  }

  /** Removes the spills of a task that is given up. */
  remove(): void {
    this.#spills.remove();
  }

  #drain(writers: PartitionWriters): void {
    this.#counter.drain(this.#partitions, (partition, entries, records) => {
      writers.of(partition).addEntries(entries, records);
    });
  }
}
