import { GrowingBuffer } from "../../input/growing_buffer.ts";
import type { InputSource } from "../../input/input_source.ts";
import { READ_BYTES } from "../../input/stored_window.ts";

/**
 * A stream as an input, read from its beginning to its end. So much is read ahead that it is known
 * where it ends before somebody asks for more than there is.
 */
export class StreamSource implements InputSource {
  readonly #parts: AsyncIterator<Uint8Array>;
  readonly #ahead = new GrowingBuffer();
  /** What was given out last: it goes at the next call. */
  #given = 0;
  #at = 0;
  #hasEnded = false;

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#parts = stream[Symbol.asyncIterator]();
  }

  /** Bytes, as far as it is known: `Infinity` until the end was seen. */
  get size(): number {
    return this.#hasEnded ? this.#at + this.#ahead.length : Infinity;
  }

  /** The first bytes: a view until the next call. */
  async head(): Promise<Uint8Array> {
    await this.#fill(READ_BYTES);
    return this.#ahead.view();
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    this.#ahead.drop(this.#given);
    this.#at += this.#given;
    this.#given = 0;
    if (offset !== this.#at) throw new RangeError(`Cannot read at ${offset}: ${this.#at} is next`);
    await this.#fill(length + READ_BYTES);
    const bytes = this.#ahead.view().subarray(0, length);
    this.#given = bytes.length;
    return bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.return?.();
  }

  async #fill(wantedBytes: number): Promise<void> {
    while (!this.#hasEnded && this.#ahead.length <= wantedBytes) {
      const { done, value } = await this.#parts.next();
      if (done === true) this.#hasEnded = true;
      else this.#ahead.append(value);
    }
  }
}
