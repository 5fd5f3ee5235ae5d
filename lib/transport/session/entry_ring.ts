/** Entries that a ring has room for at the start; a power of two. */
const LEAST_ROOM = 64;

/** A ring that became larger than this becomes small again when it is empty. */
const KEPT_ROOM = 1024;

/** A queue of numbered entries in a ring that grows: both ends, and any place, in constant time. */
export class EntryRing<T> {
  #values: (T | undefined)[] = new Array(LEAST_ROOM).fill(undefined);
  #numbers: Float64Array = new Float64Array(LEAST_ROOM);
  #sizes: Float64Array = new Float64Array(LEAST_ROOM);
  #head = 0;
  #size = 0;
  #bytes = 0;

  /** Entries in it. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of these entries. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Value of the entry `at` places after the oldest. */
  valueAt(at: number): T | undefined {
    return this.#values[this.#place(at)];
  }

  /** Number of that entry. */
  numberAt(at: number): number {
    return this.#numbers[this.#place(at)] ?? 0;
  }

  /** Bytes of that entry. */
  bytesAt(at: number): number {
    return this.#sizes[this.#place(at)] ?? 0;
  }

  /** Adds an entry. */
  push(number: number, value: T, bytes: number): void {
    if (this.#size === this.#values.length) this.#resize(this.#size * 2);
    const place = this.#place(this.#size++);
    this.#values[place] = value;
    this.#numbers[place] = number;
    this.#sizes[place] = bytes;
    this.#bytes += bytes;
  }

  /** Removes the oldest entry, of which there must be one. */
  shift(): void {
    this.#bytes -= this.#sizes[this.#head] ?? 0;
    this.#values[this.#head] = undefined;
    this.#head = this.#place(1);
    this.#size--;
    // After an outage the ring is larger than it will need to be.
    if (this.#size === 0 && this.#values.length > KEPT_ROOM) this.#resize(LEAST_ROOM);
  }

  #place(at: number): number {
    return (this.#head + at) & (this.#values.length - 1);
  }

  #resize(room: number): void {
    const values = new Array<T | undefined>(room).fill(undefined);
    const numbers = new Float64Array(room);
    const sizes = new Float64Array(room);
    for (let at = 0; at < this.#size; at++) {
      values[at] = this.valueAt(at);
      numbers[at] = this.numberAt(at);
      sizes[at] = this.bytesAt(at);
    }
    this.#values = values;
    this.#numbers = numbers;
    this.#sizes = sizes;
    this.#head = 0;
  }
}
