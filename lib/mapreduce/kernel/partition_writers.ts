import type { RunSummary } from "./run_format.ts";
import type { RunSink } from "./run_sink.ts";
import { RunWriter } from "./run_writer.ts";

/** Gives the place where the run of a partition goes. */
export type SinkOf = (partition: number) => RunSink;

/** Writes one run per partition, one after the other, also where a partition has no entries. */
export class PartitionWriters {
  readonly #partitions: number;
  readonly #sinkOf: SinkOf;
  readonly #summaries: RunSummary[] = [];
  #writer: RunWriter | undefined;

  constructor(partitions: number, sinkOf: SinkOf) {
    this.#partitions = partitions;
    this.#sinkOf = sinkOf;
  }

  /**
   * The writer of a partition; those before it are finished.
   *
   * @throws RangeError if that partition is finished, or there is none.
   */
  of(partition: number): RunWriter {
    if (partition < this.#summaries.length || partition >= this.#partitions) {
      throw new RangeError(`Partition ${partition} comes after a later one, or there is none`);
    }
    while (this.#summaries.length < partition) this.#finishOne();
    return this.#current();
  }

  /** Finishes all, and gives what is known of each run. */
  finish(): RunSummary[] {
    while (this.#summaries.length < this.#partitions) this.#finishOne();
    return this.#summaries;
  }

  #current(): RunWriter {
    this.#writer ??= new RunWriter(this.#sinkOf(this.#summaries.length));
    return this.#writer;
  }

  #finishOne(): void {
    const writer = this.#current();
    this.#writer = undefined;
    this.#summaries.push(writer.finish());
  }
}
