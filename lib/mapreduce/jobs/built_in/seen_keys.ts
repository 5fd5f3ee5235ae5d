import { KeyTable } from "../../kernel/key_table.ts";

/** A table that had more keys is not used again: to empty it would take long. */
const KEPT_KEYS = 1024;

/** Keys that were there before: bytes, no string per key. */
export class SeenKeys {
  readonly #memoryBytes: number;
  #table = new KeyTable();

  /** @param memoryBytes when it is full, what was seen is forgotten, and keys are new again */
  constructor(memoryBytes = Infinity) {
    this.#memoryBytes = memoryBytes;
  }

  /** Whether a key was not there before. */
  isNew(bytes: Uint8Array, start: number, end: number): boolean {
    const before = this.#table.size;
    const number = this.#table.numberOf(bytes, start, end, this.#memoryBytes);
    if (number >= 0) return number === before;
    this.clear();
    this.#table.numberOf(bytes, start, end);
    return true;
  }

  /** Forgets all. */
  clear(): void {
    if (this.#table.size > KEPT_KEYS) this.#table = new KeyTable();
    else this.#table.clear();
  }
}
