import type { BytePipe } from "../byte_pipe.ts";
import { LineBuffer } from "../line_buffer.ts";

/** Bytes that are written at once. */
const WRITE_BYTES = 64 * 1024;

/** Lines on their way to standard output. */
export class LineOutput {
  /** Lines so far. */
  lines = 0;
  readonly #buffer = new LineBuffer();
  readonly #pipe: BytePipe;
  #written: Promise<void> = Promise.resolve();

  constructor(pipe: BytePipe) {
    this.#pipe = pipe;
  }

  /** Adds a line; a promise when much waits to be written. */
  add(key: Uint8Array, value: Uint8Array): void | Promise<void> {
    this.#buffer.add(key, value);
    this.lines++;
    if (this.#buffer.size >= WRITE_BYTES) return this.#write();
  }

  /** Writes what there is. @throws {Error} when nobody reads */
  async flush(): Promise<void> {
    if (this.#buffer.size > 0) await this.#write();
    await this.#written;
  }

  #write(): Promise<void> {
    const bytes = this.#buffer.take();
    this.#written = this.#written.then(() => this.#pipe.write(bytes));
    this.#written.catch(() => {}); // said by the next flush
    return this.#written;
  }
}
