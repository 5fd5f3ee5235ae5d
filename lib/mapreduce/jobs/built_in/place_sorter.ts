import { PartitionWriters, type SinkOf } from "../../kernel/partition_writers.ts";
import type { RunSummary } from "../../kernel/run_format.ts";
import { SpillSet } from "../../kernel/spill_set.ts";
import type { SpillStore } from "../../kernel/spill_store.ts";
import { WordPlaces } from "./word_places.ts";

/** How a sorter of places works. */
export interface PlaceSorterOptions {
  readonly partitions: number;
  /** Memory for words, documents and places. */
  readonly memoryBytes: number;
  readonly spills: SpillStore;
}

/**
 * The map task of an index: gathers the documents of each word, spills them where memory is full, and
 * gives one run of (word, documents) per partition. What was spilled may come again in the same
 * document.
 */
export class PlaceSorter {
  readonly #partitions: number;
  readonly #places: WordPlaces;
  readonly #spills: SpillSet;
  #document: Uint8Array = new Uint8Array(0);
  #drained = 0;

  constructor({ partitions, memoryBytes, spills }: PlaceSorterOptions) {
    this.#partitions = partitions;
    this.#places = new WordPlaces(memoryBytes);
    this.#spills = new SpillSet(spills, partitions);
  }

  /** Places found: of each word in each document one. */
  get records(): number {
    return this.#drained + this.#places.size;
  }

  /** Spills that memory forced. */
  get spills(): number {
    return this.#spills.count;
  }

  /** Begins a document; its name has no spaces. */
  begin(document: Uint8Array): void {
    this.#document = document;
    this.#places.begin(document);
  }

  /** Takes a word of the document; the bytes are copied. */
  add(bytes: Uint8Array, start: number, end: number): void {
    if (this.#places.add(bytes, start, end)) return;
    this.#spills.add((writers) => this.#drain(writers));
    this.#places.begin(this.#document);
    this.#places.add(bytes, start, end);
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
    this.#drained += this.#places.size;
    this.#places.drain(writers, this.#partitions);
  }
}
