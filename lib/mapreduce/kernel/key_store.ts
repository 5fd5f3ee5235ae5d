import { copyBytes } from "./copy_bytes.ts";
import { partitionOf } from "./partition_of.ts";
import { sortKeys } from "./sort_keys.ts";
import type { Keys } from "./sort_keys.ts";

/** Memory of a key besides its bytes: two places, and what sorting it takes. */
const PLACE_BYTES = 16;

/** Keys, numbered as they come, with what else is written behind them; all in one buffer that grows. */
export class KeyStore implements Keys {
  bytes: Uint8Array = new Uint8Array(1024);
  starts: Uint32Array = new Uint32Array(64);
  ends: Uint32Array = new Uint32Array(64);
  #size = 0;
  #end = 0;

  /** Keys held. */
  get size(): number {
    return this.#size;
  }

  /** Bytes in use. */
  get used(): number {
    return this.#end + this.#size * PLACE_BYTES;
  }

  /** Bytes that a key with `length` bytes of its own and behind it takes. */
  static costOf(length: number): number {
    return length + PLACE_BYTES;
  }

  /** Copies a key, and gives its number. */
  add(from: Uint8Array, start: number, end: number): number {
    const number = this.#size++;
    if (number === this.starts.length) this.#growPlaces();
    this.starts[number] = this.#end;
    this.append(from, start, end);
    this.ends[number] = this.#end;
    return number;
  }

  /** Copies bytes behind the last key, and gives the place where they begin. */
  append(from: Uint8Array, start: number, end: number): number {
    const at = this.#end;
    this.#end += end - start;
    if (this.#end > this.bytes.length) this.#growBytes(at);
    copyBytes(this.bytes, at, from, start, end);
    return at;
  }

  /** The numbers of the keys of each partition, sorted by key and then by number. */
  sorted(partitions: number): Uint32Array[] {
    const size = this.#size;
    const ofKey = new Uint16Array(size);
    const counts = new Uint32Array(partitions);
    for (let key = 0; key < size; key++) {
      const start = this.starts[key] as number;
      const partition = partitionOf(this.bytes, partitions, start, this.ends[key] as number);
      ofKey[key] = partition;
      counts[partition] = counts[partition] as number + 1;
    }
    const orders = Array.from(counts, (count) => new Uint32Array(count));
    counts.fill(0);
    for (let key = 0; key < size; key++) {
      const partition = ofKey[key] as number;
      const place = counts[partition] as number;
      counts[partition] = place + 1;
      (orders[partition] as Uint32Array)[place] = key;
    }
    for (const order of orders) sortKeys(order, this);
    return orders;
  }

  /** Forgets all keys; the memory stays. */
  clear(): void {
    this.#size = 0;
    this.#end = 0;
  }

  #growPlaces(): void {
    const length = 2 * this.#size;
    const { starts, ends } = this;
    (this.starts = new Uint32Array(length)).set(starts);
    (this.ends = new Uint32Array(length)).set(ends);
  }

  #growBytes(used: number): void {
    const old = this.bytes.subarray(0, used);
    this.bytes = new Uint8Array(Math.max(2 * this.bytes.length, this.#end));
    this.bytes.set(old);
  }
}
