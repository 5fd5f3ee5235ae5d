import { concat } from "@std/bytes/concat";

/** What a {@linkcode PipeQueue} writes to. */
export interface PipeQueueOptions {
  /** Writes some of `bytes`, at least one, however long that takes. @returns how many */
  readonly write: (bytes: Uint8Array) => Promise<number>;
  /** Told why something could not be written; what waited is gone then. */
  readonly onFailure: (error: unknown) => void;
  /** Told how many lines are missing where the next one will be. */
  readonly onLost: (lines: number) => void;
  /** Most bytes that wait for a reader. @default {4 MiB} */
  readonly maxBytes?: number;
}

const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** Bytes of one write: as many as a pipe holds on Linux. */
const CHUNK_BYTES = 64 * 1024;

const LINE_FEED = 10;

/**
 * Text on its way into a pipe whose reader may be slow or asleep: who writes never waits. Of what
 * does not fit nothing more is taken until half of what waits is read; then it is said how much was
 * left out, in its place. Text that comes while nothing waits always fits.
 */
export class PipeQueue {
  readonly #options: PipeQueueOptions;
  readonly #maxBytes: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #lostLines = 0;
  #running: Promise<void> | undefined;

  constructor(options: PipeQueueOptions) {
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? MAX_WAITING_BYTES;
  }

  /** Takes bytes, all or none. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const isFull = this.#waitingBytes > 0 && this.#waitingBytes + bytes.length > this.#maxBytes;
    if (isFull || this.#lostLines > 0) {
      this.#lostLines += Math.max(1, bytes.filter((byte) => byte === LINE_FEED).length);
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#running ??= this.#run();
  }

  /** Waits until all is written, or cannot be. */
  async drained(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const bytes = concat(this.#waiting);
        this.#waiting = [];
        for (let at = 0; at < bytes.length;) {
          const written = await this.#options.write(bytes.subarray(at, at + CHUNK_BYTES));
          at += written;
          this.#waitingBytes -= written;
          this.#tellLost();
        }
      }
      this.#running = undefined;
    } catch (error) {
      this.#waiting = [];
      this.#waitingBytes = this.#lostLines = 0;
      this.#running = undefined;
      this.#options.onFailure(error);
    }
  }

  #tellLost(): void {
    if (this.#lostLines === 0 || this.#waitingBytes > this.#maxBytes / 2) return;
    const lines = this.#lostLines;
    this.#lostLines = 0;
    this.#options.onLost(lines);
  }
}
