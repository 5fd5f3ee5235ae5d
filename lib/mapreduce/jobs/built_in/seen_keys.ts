import { CountTable } from "../../kernel/count_table.ts";

/** A table that had more keys is not used again: to empty it would take long. */
const KEPT_KEYS = 1024;

/** Keys that were there before: bytes, no string per key. */
export class SeenKeys {
  readonly #memoryBytes: number;
  #table = new CountTable();

  /** @param memoryBytes when it is full, what was seen is forgotten, and keys are new again */
  constructor(memoryBytes = Infinity) {
    this.#memoryBytes = memoryBytes;
  }

  /** Whether a key was not there before. */
  isNew(bytes: Uint8Array, start: number, end: number): boolean {
    const before = this.#table.size;
    if (this.#table.add(bytes, start, end, 1, this.#memoryBytes)) return this.#table.size > before;
    this.clear();
    this.#table.add(bytes, start, end, 1);
    return true;
  }

  /** Forgets all. */
  clear(): void {
    if (this.#table.size > KEPT_KEYS) this.#table = new CountTable();
    else this.#table.clear();
  }
}
