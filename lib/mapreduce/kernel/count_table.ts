import { addCounts, MAX_COUNT_DIGITS, writeCount } from "./count_value.ts";
import { keyHash } from "./key_hash.ts";
import { KeyStore } from "./key_store.ts";
import { BLOCK_BYTES } from "./run_format.ts";
import { MAX_VARINT_BYTES, writeVarint } from "./varint.ts";
import type { OnEntries } from "./word_counter.ts";

/** Memory of a key besides what the store takes: its hash and its count. */
const KEY_BYTES = 12;

const FIRST_SLOTS = 1024;

/** Counts of keys that are bytes: open addressing, no string and no object per key. */
export class CountTable {
  readonly #keys = new KeyStore();
  #hashes: Uint32Array = new Uint32Array(FIRST_SLOTS / 2);
  #counts: Float64Array = new Float64Array(FIRST_SLOTS / 2);
  /** 0, or 1 + the number of a key. Never more than half are taken. */
  #slots: Uint32Array = new Uint32Array(FIRST_SLOTS);

  /** Distinct keys. */
  get size(): number {
    return this.#keys.size;
  }

  /** Bytes of memory in use. */
  get used(): number {
    return this.#keys.used + this.size * KEY_BYTES + 4 * this.#slots.length;
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
    const hash = keyHash(bytes, start, end);
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hash & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const number = (slots[slot] as number) - 1;
      if (this.#hashes[number] === hash && this.#isKey(number, bytes, start, end)) {
        this.#counts[number] = addCounts(this.#counts[number] as number, count);
        return true;
      }
    }
    const mustGrow = 2 * (this.size + 1) > slots.length;
    const growth = KeyStore.costOf(end - start) + KEY_BYTES + (mustGrow ? 4 * slots.length : 0);
    if (this.size > 0 && this.used + growth > memoryBytes) return false;
    if (mustGrow) this.#grow();
    const number = this.#keys.add(bytes, start, end);
    this.#hashes[number] = hash;
    this.#counts[number] = count;
    this.#place(number);
    return true;
  }

  /** Hands over all keys with their counts, as a run holds them, and forgets them. */
  drain(partitions: number, onEntries: OnEntries): void {
    const keys = this.#keys;
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
    this.#keys.clear();
    this.#slots.fill(0);
  }

  #isKey(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    const keys = this.#keys.bytes;
    let at = this.#keys.starts[number] as number;
    if (this.#keys.ends[number] as number - at !== end - start) return false;
    for (; start < end; start++) if (bytes[start] !== keys[at++]) return false;
    return true;
  }

  #grow(): void {
    const slots = new Uint32Array(2 * this.#slots.length);
    const hashes = new Uint32Array(slots.length / 2);
    const counts = new Float64Array(slots.length / 2);
    hashes.set(this.#hashes);
    counts.set(this.#counts);
    this.#slots = slots;
    this.#hashes = hashes;
    this.#counts = counts;
    for (let number = 0; number < this.size; number++) this.#place(number);
  }

  /** Puts a key into the first free slot. */
  #place(number: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#hashes[number] as number) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = number + 1;
  }
}
