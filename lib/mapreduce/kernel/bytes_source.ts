import type { RunSource } from "./run_source.ts";

/** A run in memory. */
export class BytesSource implements RunSource {
  #rest: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#rest = bytes;
  }

  read(buffer: Uint8Array): number {
    const part = this.#rest.subarray(0, buffer.length);
    buffer.set(part);
    this.#rest = this.#rest.subarray(part.length);
    return part.length;
  }

  close(): void {
    this.#rest = new Uint8Array(0);
  }
}
