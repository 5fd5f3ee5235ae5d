import { UnicodeTokenizer } from "./unicode_tokenizer.ts";
import type { OnEntries, WordCounter } from "./word_counter.ts";

/** Bytes that are looked at in one go; more where a single word is longer. */
const PART_BYTES = 64 * 1024;

/** Counts Unicode words, by a counter of what white space separates. */
export class UnicodeWordCounter implements WordCounter {
  readonly #counter: WordCounter;
  readonly #tokenizer: UnicodeTokenizer;
  /** The beginning of a word that may go on, then the part that is looked at. */
  #part: Uint8Array = new Uint8Array(2 * PART_BYTES);
  #kept = 0;
  /** Words that the counter has not taken yet. */
  #waiting: Uint8Array = new Uint8Array(0);

  constructor(counter: WordCounter, foldsCase: boolean) {
    this.#counter = counter;
    this.#tokenizer = new UnicodeTokenizer(foldsCase);
  }

  get isFull(): boolean {
    return this.#counter.isFull;
  }

  get used(): number {
    return this.#counter.used + this.#kept;
  }

  get size(): number {
    return this.#counter.size;
  }

  get tokens(): number {
    return this.#counter.tokens;
  }

  feed(bytes: Uint8Array, isLast: boolean): number {
    if (!this.#count(this.#waiting)) return 0;
    let at = 0;
    while (at < bytes.length || (isLast && this.#kept > 0)) {
      const end = Math.min(bytes.length, at + Math.max(PART_BYTES, this.#kept));
      const length = this.#append(bytes.subarray(at, end));
      at = end;
      const part = this.#part.subarray(0, length);
      const done = this.#tokenizer.tokenize(part, isLast && end === bytes.length);
      part.copyWithin(0, done);
      this.#kept = length - done;
      if (!this.#count(this.#tokenizer.words.subarray(0, this.#tokenizer.end))) break;
    }
    return at;
  }

  drain(partitions: number, onEntries: OnEntries): void {
    this.#counter.drain(partitions, onEntries);
  }

  /** Counts words, each with its LF; false if memory is full, and then the rest waits. */
  #count(words: Uint8Array): boolean {
    const taken = this.#counter.feed(words, false);
    this.#waiting = words.subarray(taken);
    return !this.#counter.isFull;
  }

  #append(bytes: Uint8Array): number {
    const length = this.#kept + bytes.length;
    if (length > this.#part.length) {
      const old = this.#part.subarray(0, this.#kept);
      this.#part = new Uint8Array(2 * length);
      this.#part.set(old);
    }
    this.#part.set(bytes, this.#kept);
    return length;
  }
}
