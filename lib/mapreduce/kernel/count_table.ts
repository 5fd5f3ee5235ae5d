import { addCounts, MAX_COUNT_DIGITS, writeCount } from "./count_value.ts";
import { KeyTable } from "./key_table.ts";
import { BLOCK_BYTES } from "./run_format.ts";
import { MAX_VARINT_BYTES, writeVarint } from "./varint.ts";
import type { OnEntries } from "./word_counter.ts";

/** Memory of a count. */
const COUNT_BYTES = 8;

/** Counts of keys that are bytes. */
export class CountTable {
  readonly #table = new KeyTable();
  /** By the number of the key. */
  #counts: Float64Array = new Float64Array(512);

  /** Distinct keys. */
  get size(): number {
    return this.#table.size;
  }

  /** Bytes of memory in use. */
  get used(): number {
    return this.#table.used + this.size * COUNT_BYTES;
  }

  /**
   * Adds to the count of a key.
   *
   * @returns false, with nothing done, if a new key would make the table larger than `memoryBytes`.
   * A table that is empty takes any key.
   */
  add(
    bytes: Uint8Array,
    start: number,
    end: number,
    count: number,
    memoryBytes = Infinity,
  ): boolean {
    const { size } = this;
    const tableBytes = memoryBytes - (size + 1) * COUNT_BYTES;
    const number = this.#table.numberOf(bytes, start, end, tableBytes);
    if (number < 0) return false;
    if (number === this.#counts.length) this.#grow();
    const before = number === size ? 0 : this.#counts[number] as number;
    this.#counts[number] = addCounts(before, count);
    return true;
  }

  /** Hands over all keys with their counts, as a run holds them, and forgets them. */
  drain(partitions: number, onEntries: OnEntries): void {
    const { keys } = this.#table;
    let block = new Uint8Array(BLOCK_BYTES);
    for (const [partition, order] of keys.sorted(partitions).entries()) {
      let end = 0;
      let records = 0;
      for (const number of order) {
        const start = keys.starts[number] as number;
        const length = keys.ends[number] as number - start;
        const most = length + MAX_VARINT_BYTES + 1 + MAX_COUNT_DIGITS;
        if (end + most > block.length) {
          if (records > 0) onEntries(partition, block.subarray(0, end), records);
          end = records = 0;
          if (most > block.length) block = new Uint8Array(most);
        }
        end = writeVarint(block, end, length);
        for (let i = 0; i < length; i++) block[end++] = keys.bytes[start + i] as number;
        const lengthAt = end;
        end = writeCount(block, lengthAt + 1, this.#counts[number] as number);
        block[lengthAt] = end - lengthAt - 1;
        records++;
      }
      if (records > 0) onEntries(partition, block.subarray(0, end), records);
    }
    this.clear();
  }

  /** Forgets all keys. */
  clear(): void {
    this.#table.clear();
  }

  #grow(): void {
    const old = this.#counts;
    (this.#counts = new Float64Array(2 * old.length)).set(old);
  }
}
