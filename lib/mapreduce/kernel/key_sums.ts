import { compareBytes } from "./compare_bytes.ts";
import { addCounts, readCount } from "./count_value.ts";
import type { RunEntry } from "./run_entry.ts";

/** Takes a key, whose bytes are good during the call, and the sum of its counts. */
export type OnSum = (keyBytes: Uint8Array, keyLength: number, sum: number) => void;

/**
 * Adds the counts of equal keys: the reducer of counting jobs.
 *
 * ```ts
 * const sums = new KeySums((bytes, length, sum) => write(bytes.subarray(0, length), sum));
 * while (cursor.next() || await cursor.load()) sums.add(cursor);
 * sums.finish();
 * ```
 */
export class KeySums {
  readonly #onSum: OnSum;
  #key = new Uint8Array(256);
  #length = -1;
  #sum = 0;

  constructor(onSum: OnSum) {
    this.#onSum = onSum;
  }

  /** @throws RangeError if the value is no count, or a sum is above 2^53 - 1. */
  add(entry: RunEntry): void {
    const { bytes, keyStart, keyEnd } = entry;
    const count = readCount(bytes, entry.valueStart, entry.valueEnd);
    if (
      this.#length === keyEnd - keyStart &&
      compareBytes(bytes, keyStart, keyEnd, this.#key, 0, this.#length) === 0
    ) {
      this.#sum = addCounts(this.#sum, count);
      return;
    }
    this.finish();
    if (keyEnd - keyStart > this.#key.length) this.#key = new Uint8Array(2 * (keyEnd - keyStart));
    this.#key.set(bytes.subarray(keyStart, keyEnd));
    this.#length = keyEnd - keyStart;
    this.#sum = count;
  }

  /** Hands over the last key. */
  finish(): void {
    if (this.#length < 0) return;
    const length = this.#length;
    this.#length = -1;
    this.#onSum(this.#key, length, this.#sum);
  }
}
