import type { RunSource } from "../../../lib/mapreduce/kernel/run_source.ts";

/** A run in memory. */
export class BytesSource implements RunSource {
  #rest: Uint8Array;
  readonly #mostBytes: number;

  /** @param mostBytes that come at a time */
  constructor(bytes: Uint8Array, mostBytes = Infinity) {
    this.#rest = bytes;
    this.#mostBytes = mostBytes;
  }

  read(buffer: Uint8Array): number {
    const part = this.#rest.subarray(0, Math.min(buffer.length, this.#mostBytes));
    buffer.set(part);
    this.#rest = this.#rest.subarray(part.length);
    return part.length;
  }

  close(): void {
    this.#rest = new Uint8Array(0);
  }
}
