/** Where a run is written to: a file, memory, the line. */
export interface RunSink {
  /** Writes all of `bytes`, a view that is good during the call. */
  write(bytes: Uint8Array): void;
}
