/** Raised when nobody reads the output any more, as behind `| head`. */
export class OutputClosed extends Error {
  override name = "OutputClosed";
}

/** Standard input and output as bytes. */
export interface BytePipe {
  /** Bytes until the end of the input or the signal; views, valid until the next is asked for. */
  read(signal: AbortSignal): AsyncIterable<Uint8Array>;
  /**
   * Writes all of `bytes`, which must not change until it resolves.
   *
   * @throws {OutputClosed}
   * @throws {Error} when they cannot be written
   */
  write(bytes: Uint8Array): Promise<void>;
}
