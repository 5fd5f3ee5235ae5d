/** The stored bytes of a split, from a place that moves on. */
import { GrowingBuffer } from "./growing_buffer.ts";
import { InputError, type InputSource } from "./input_source.ts";
import type { ReadTally } from "./read_tally.ts";
import type { Split } from "./split.ts";

/** Bytes that are read at a time. The same everywhere, so that the same comes out everywhere. */
export const READ_BYTES = 256 * 1024;

/** What a window reads, and where it counts. */
export interface StoredWindowOptions {
  readonly source: InputSource;
  readonly split: Split;
  readonly tally: ReadTally;
  readonly signal: AbortSignal | undefined;
}

/** The stored bytes of a split, from a place that moves on. */
export class StoredWindow {
  readonly #options: StoredWindowOptions;
  readonly #kept = new GrowingBuffer();
  #at: number;

  constructor(options: StoredWindowOptions) {
    this.#options = options;
    this.#at = options.split.startByte;
  }

  /** Byte of the input where the window begins. */
  get at(): number {
    return this.#at;
  }

  /** Whether nothing comes behind the window. */
  get isAll(): boolean {
    return this.#at + this.#kept.length >= this.#options.split.endByte;
  }

  /** What is in the window: valid until it is filled. */
  view(): Uint8Array {
    return this.#kept.view();
  }

  /** Reads until so many bytes are there, or all. @throws {InputError} */
  async fill(wantedBytes: number): Promise<Uint8Array> {
    const { source, split, tally, signal } = this.#options;
    while (this.#kept.length < wantedBytes && !this.isAll) {
      const offset = this.#at + this.#kept.length;
      const bytes = await readExactly(
        source,
        offset,
        Math.min(READ_BYTES, split.endByte - offset),
        signal,
      );
      tally.storedBytes += bytes.length;
      this.#kept.append(bytes);
    }
    return this.view();
  }

  /** Moves on. */
  skip(count: number): void {
    this.#kept.drop(count);
    this.#at += count;
  }
}

/** Reads what must be there. @throws {InputError} when the input has become shorter */
export async function readExactly(
  source: InputSource,
  offset: number,
  length: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const bytes = await source.read(offset, length, signal);
  if (bytes.length === length) return bytes;
  const wanted = offset + length;
  throw new InputError(
    "changed",
    `has become shorter: wanted ${wanted} bytes, has ${offset + bytes.length}`,
  );
}
