/**
 * The bytes that all connections of a process may buffer together, and the buffers themselves.
 *
 * A peer can make one connection hold only so much (lane and frame limits); many peers together are
 * held by this budget. It counts buffers in use; a few free ones are kept for the next user.
 */

/** Smallest buffer that is kept for reuse. */
const MIN_POOLED_BYTES = 4 * 1024;
/** Largest buffer that is kept for reuse. */
const MAX_POOLED_BYTES = 2 * 1024 * 1024;
/** How many bytes of free buffers of one size are kept. */
const KEPT_BYTES_PER_SIZE = 4 * 1024 * 1024;

/** A limit on buffered bytes, and a pool of buffers under it. */
export class MemoryBudget {
  /** How many bytes may be in use at once. */
  readonly limitBytes: number;
  #usedBytes = 0;
  readonly #free = new Map<number, Uint8Array<ArrayBuffer>[]>();
  readonly #waiting = new Set<() => void>();

  /**
   * A budget of which nothing is used.
   *
   * @param limitBytes how many bytes may be in use at once
   */
  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** Whether more than half is in use. */
  get isScarce(): boolean {
    return this.#usedBytes > this.limitBytes / 2;
  }

  /** Bytes in use. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /**
   * A buffer of at least `sizeBytes`, with old content, or `undefined` when the budget is used up.
   * Give it back with {@linkcode give}.
   *
   * @param mostUsedBytes how many bytes may be in use with it; for those who leave some to others
   */
  take(sizeBytes: number, mostUsedBytes = this.limitBytes): Uint8Array<ArrayBuffer> | undefined {
    const size = roundUp(sizeBytes);
    if (this.#usedBytes + size > Math.min(this.limitBytes, mostUsedBytes)) return undefined;
    this.#usedBytes += size;
    return this.#free.get(size)?.pop() ?? new Uint8Array(size);
  }

  /**
   * Gives back a buffer that {@linkcode take} gave.
   *
   * @param canReuse false when an interrupted write may still read from it
   */
  give(buffer: Uint8Array<ArrayBuffer>, canReuse = true): void {
    const size = buffer.length;
    this.#usedBytes -= size;
    if (canReuse && size <= MAX_POOLED_BYTES) {
      let free = this.#free.get(size);
      if (free === undefined) this.#free.set(size, free = []);
      if (free.length * size < KEPT_BYTES_PER_SIZE) free.push(buffer);
    }
    if (this.#waiting.size > 0) {
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const run of waiting) run();
    }
  }

  /** Calls `run` once, when bytes are given back. */
  onGiven(run: () => void): void {
    this.#waiting.add(run);
  }
}

/** Powers of two, so that buffers can be used again; large ones as they are. */
function roundUp(sizeBytes: number): number {
  if (sizeBytes > MAX_POOLED_BYTES) return sizeBytes;
  return Math.max(MIN_POOLED_BYTES, 2 ** Math.ceil(Math.log2(sizeBytes)));
}

/** The budget of this process: 512 MiB. */
export const processBudget: MemoryBudget = new MemoryBudget(512 * 1024 * 1024);
