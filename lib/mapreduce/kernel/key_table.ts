import { keyHash } from "./key_hash.ts";
import { KeyStore } from "./key_store.ts";

const FIRST_SLOTS = 1024;

/** Keys that are bytes, each once: open addressing, no string and no object per key. */
export class KeyTable {
  /** The keys, numbered as they came. */
  readonly keys = new KeyStore();
  /**
   * Pairs: 0, or 1 + the number of a key; and its hash, beside it since memory is waited for. Never
   * more than half are taken.
   */
  #slots: Uint32Array = new Uint32Array(2 * FIRST_SLOTS);

  /** Distinct keys. */
  get size(): number {
    return this.keys.size;
  }

  /** Bytes of memory in use. */
  get used(): number {
    return this.keys.used + 4 * this.#slots.length;
  }

  /**
   * Gives the number of a key, which is the `size` before if it is new.
   *
   * @returns -1, with nothing done, if a new key would make the table larger than `memoryBytes`. A
   * table that is empty takes any key.
   */
  numberOf(bytes: Uint8Array, start: number, end: number, memoryBytes = Infinity): number {
    const hash = keyHash(bytes, start, end);
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = 2 * hash & mask; slots[slot] !== 0; slot = (slot + 2) & mask) {
      if (slots[slot + 1] !== hash) continue;
      const number = (slots[slot] as number) - 1;
      if (this.#isKey(number, bytes, start, end)) return number;
    }
    const mustGrow = 4 * (this.size + 1) > slots.length;
    const growth = KeyStore.costOf(end - start) + (mustGrow ? 4 * slots.length : 0);
    if (this.size > 0 && this.used + growth > memoryBytes) return -1;
    if (mustGrow) this.#grow();
    const number = this.keys.add(bytes, start, end);
    this.#place(number, hash);
    return number;
  }

  /** Forgets all keys; the memory stays. */
  clear(): void {
    this.keys.clear();
    this.#slots.fill(0);
  }

  #isKey(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    const keys = this.keys.bytes;
    let at = this.keys.starts[number] as number;
    if (this.keys.ends[number] as number - at !== end - start) return false;
    for (; start < end; start++) if (bytes[start] !== keys[at++]) return false;
    return true;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(2 * old.length);
    for (let slot = 0; slot < old.length; slot += 2) {
      const taken = old[slot] as number;
      if (taken !== 0) this.#place(taken - 1, old[slot + 1] as number);
    }
  }

  /** Puts a key into the first free slot. */
  #place(number: number, hash: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = 2 * hash & mask;
    while (slots[slot] !== 0) slot = (slot + 2) & mask;
    slots[slot] = number + 1;
    slots[slot + 1] = hash;
  }
}
