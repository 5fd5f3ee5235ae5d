import type { Combine } from "./combine.ts";
import { combineInto } from "./combining_writer.ts";
import { KeyStore } from "./key_store.ts";
import type { PartitionWriters } from "./partition_writers.ts";

/** Memory of an entry besides key, value and the key's places: where the value ends. */
const VALUE_PLACE_BYTES = 4;

/** Entries in memory, up to a limit. */
export class EntryBuffer {
  readonly #memoryBytes: number;
  readonly #partitions: number;
  readonly #keys = new KeyStore();
  #valueEnds: Uint32Array = new Uint32Array(64);

  constructor(memoryBytes: number, partitions: number) {
    this.#memoryBytes = memoryBytes;
    this.#partitions = partitions;
  }

  /** Copies an entry; false, and nothing else, if it has no room. The first one always has. */
  add(key: Uint8Array, value: Uint8Array): boolean {
    const keys = this.#keys;
    const cost = KeyStore.costOf(key.length + value.length) + VALUE_PLACE_BYTES;
    const used = keys.used + keys.size * VALUE_PLACE_BYTES;
    if (keys.size > 0 && used + cost > this.#memoryBytes) return false;
    const number = keys.add(key, 0, key.length);
    if (number === this.#valueEnds.length) this.#grow();
    this.#valueEnds[number] = keys.append(value, 0, value.length) + value.length;
    return true;
  }

  /** Writes all entries, sorted by (partition, key, order of arrival), and forgets them. */
  drain(writers: PartitionWriters, combine?: Combine | "sum"): void {
    const keys = this.#keys;
    const entry = { bytes: keys.bytes, keyStart: 0, keyEnd: 0, valueStart: 0, valueEnd: 0 };
    for (const [partition, order] of keys.sorted(this.#partitions).entries()) {
      const writer = combineInto(writers.of(partition), combine);
      for (const number of order) {
        entry.keyStart = keys.starts[number] as number;
        entry.keyEnd = keys.ends[number] as number;
        entry.valueStart = entry.keyEnd;
        entry.valueEnd = this.#valueEnds[number] as number;
        writer.add(entry);
      }
      writer.flush();
    }
    keys.clear();
  }

  #grow(): void {
    const old = this.#valueEnds;
    this.#valueEnds = new Uint32Array(2 * old.length);
    this.#valueEnds.set(old);
  }
}
