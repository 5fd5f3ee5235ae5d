import type { Combine } from "./combine.ts";
import { combineInto } from "./combining_writer.ts";
import { mergeRuns } from "./merge_runs.ts";
import { PartitionWriters } from "./partition_writers.ts";
import type { SinkOf } from "./partition_writers.ts";
import type { SyncRunCursor } from "./run_cursor.ts";
import type { RunSummary } from "./run_format.ts";
import { RunReader } from "./run_reader.ts";
import type { SpillStore } from "./spill_store.ts";

/** Spills that are merged at a time, so that few files are open at once. */
const FAN_IN = 32;

/** Writes the sorted entries of each partition, in ascending order of partitions. */
export type Fill = (writers: PartitionWriters) => void;

interface Spill {
  readonly id: number;
  /** How often its entries were merged. */
  readonly level: number;
  /** Where the runs of the partitions end, in bytes; each begins where the one before ends. */
  readonly ends: readonly number[];
}

/**
 * The sorted parts of a task's output that had no room in memory, in the order of emission. One
 * spill holds the runs of all partitions behind each other.
 */
export class SpillSet {
  readonly #store: SpillStore;
  readonly #partitions: number;
  readonly #combine: Combine | "sum" | undefined;
  #spills: Spill[] = [];
  #count = 0;

  constructor(store: SpillStore, partitions: number, combine?: Combine | "sum") {
    this.#store = store;
    this.#partitions = partitions;
    this.#combine = combine;
  }

  /** Spills that memory forced; merges of spills are not counted. */
  get count(): number {
    return this.#count;
  }

  /** Writes a spill. */
  add(fill: Fill): void {
    this.#count++;
    this.#spills.push(this.#write(0, fill));
    let level = 0;
    while (this.#spills.filter((spill) => spill.level === level).length >= FAN_IN) {
      const low = this.#spills.filter((spill) => spill.level === level);
      // Levels fall from front to back, so those of one level are neighbours and order is kept.
      const merged = this.#write(++level, (writers) => this.#merge(low, writers));
      this.#spills = this.#spills.filter((spill) => !low.includes(spill));
      this.#spills.push(merged);
      for (const { id } of low) this.#store.remove(id);
    }
  }

  /** Merges all spills into one run per partition and removes them. */
  finish(sinkOf: SinkOf): RunSummary[] {
    const writers = new PartitionWriters(this.#partitions, sinkOf);
    this.#merge(this.#spills, writers);
    const summaries = writers.finish();
    this.remove();
    return summaries;
  }

  /** Removes all spills. */
  remove(): void {
    for (const { id } of this.#spills) this.#store.remove(id);
    this.#spills = [];
  }

  #write(level: number, fill: Fill): Spill {
    const file = this.#store.create();
    let ends: number[] | undefined;
    try {
      const writers = new PartitionWriters(this.#partitions, () => file);
      fill(writers);
      let end = 0;
      ends = writers.finish().map(({ bytes }) => end += bytes);
    } finally {
      file.close();
      if (ends === undefined) this.#store.remove(file.id);
    }
    return { id: file.id, level, ends };
  }

  #merge(spills: readonly Spill[], writers: PartitionWriters): void {
    for (let partition = 0; partition < this.#partitions; partition++) {
      const cursors: SyncRunCursor[] = [];
      try {
        for (const spill of spills) cursors.push(this.#read(spill, partition));
        const writer = combineInto(writers.of(partition), this.#combine);
        const merged = mergeRuns(cursors);
        while (merged.next() || merged.load()) writer.add(merged);
        writer.flush();
      } finally {
        for (const cursor of cursors) cursor.close();
      }
    }
  }

  #read({ id, ends }: Spill, partition: number): SyncRunCursor {
    const start = partition === 0 ? 0 : ends[partition - 1] as number;
    const reader = this.#store.open(id, start, ends[partition] as number);
    return new RunReader(reader, `spill ${id}, partition ${partition}`);
  }
}
