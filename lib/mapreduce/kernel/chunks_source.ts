import type { RunSource } from "./run_source.ts";

/** A run that arrives in chunks: a stream of a file, or what another worker sends. */
export class ChunksSource implements RunSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  read(buffer: Uint8Array): number | Promise<number> {
    return this.#rest.length > 0 ? this.#take(buffer) : this.#wait(buffer);
  }

  close(): void {
    this.#rest = new Uint8Array(0);
    this.#chunks.return?.().catch(() => {});
  }

  async #wait(buffer: Uint8Array): Promise<number> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return 0;
      this.#rest = next.value;
    }
    return this.#take(buffer);
  }

  #take(buffer: Uint8Array): number {
    const part = this.#rest.subarray(0, buffer.length);
    buffer.set(part);
    this.#rest = this.#rest.subarray(part.length);
    return part.length;
  }
}
