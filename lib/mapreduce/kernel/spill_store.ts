import type { RunSink } from "./run_sink.ts";

/** A spill that is being written. */
export interface SpillWriter extends RunSink {
  /** Name of the spill, for `open` and `remove`. */
  readonly id: number;
  /** Ends writing. */
  close(): void;
}

/** A part of a spill that is being read. */
export interface SpillReader {
  /** Fills the beginning of `buffer`; 0 at the end of the part. */
  read(buffer: Uint8Array): number;
  close(): void;
}

/**
 * Where sorted data goes that has no room in memory: the temporary folder of a worker. Synchronous,
 * since tasks run in threads of their own and emission cannot wait.
 */
export interface SpillStore {
  create(): SpillWriter;
  /** Opens the bytes from `startByte` to `endByte`. */
  open(id: number, startByte: number, endByte: number): SpillReader;
  remove(id: number): void;
}
