import type { Combine } from "./combine.ts";
import { EntryBuffer } from "./entry_buffer.ts";
import type { SinkOf } from "./partition_writers.ts";
import { PartitionWriters } from "./partition_writers.ts";
import type { RunSummary } from "./run_format.ts";
import { SpillSet } from "./spill_set.ts";
import type { SpillStore } from "./spill_store.ts";

/** How a sorter works. */
export interface ExternalSorterOptions {
  readonly partitions: number;
  /** Memory for entries; one that is larger is still taken. */
  readonly memoryBytes: number;
  readonly spills: SpillStore;
  /** `sum` adds values that are counts. */
  readonly combine?: Combine | "sum";
}

/**
 * Sorts what a map task emits by (partition, key, order of emission), in memory as long as there is
 * room, else with spills, and gives one run per partition.
 */
export class ExternalSorter {
  readonly #partitions: number;
  readonly #buffer: EntryBuffer;
  readonly #spills: SpillSet;
  readonly #combine: Combine | "sum" | undefined;
  #records = 0;

  constructor({ partitions, memoryBytes, spills, combine }: ExternalSorterOptions) {
    this.#partitions = partitions;
    this.#combine = combine;
    this.#buffer = new EntryBuffer(memoryBytes, partitions);
    this.#spills = new SpillSet(spills, partitions, combine);
  }

  /** Entries emitted. */
  get records(): number {
    return this.#records;
  }

  /** Spills that memory forced. */
  get spills(): number {
    return this.#spills.count;
  }

  /** Takes an entry; the bytes are copied. */
  emit(key: Uint8Array, value: Uint8Array): void {
    if (!this.#buffer.add(key, value)) {
      this.#spills.add((writers) => this.#drain(writers));
      this.#buffer.add(key, value);
    }
    this.#records++;
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
    this.#buffer.drain(writers, this.#combine);
  }
}
