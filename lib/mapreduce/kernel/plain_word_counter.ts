import { CountTable } from "./count_table.ts";
import { isWhitespace } from "./tokenize_whitespace.ts";
import type { OnEntries, WordCounter } from "./word_counter.ts";

/** The twin in TypeScript of the kernel in WebAssembly: tokens between white space. */
export class PlainWordCounter implements WordCounter {
  readonly #memoryBytes: number;
  readonly #foldsAscii: boolean;
  readonly #table = new CountTable();
  /** A token that the next part goes on with; folded already. */
  #begun: Uint8Array = new Uint8Array(256);
  #begunLength = 0;
  #folded: Uint8Array = new Uint8Array(0);
  #isFull = false;
  #tokens = 0;

  constructor(memoryBytes: number, foldsAscii: boolean) {
    this.#memoryBytes = memoryBytes;
    this.#foldsAscii = foldsAscii;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  get used(): number {
    return this.#table.used + this.#begunLength;
  }

  get size(): number {
    return this.#table.size;
  }

  get tokens(): number {
    return this.#tokens;
  }

  feed(given: Uint8Array, isLast: boolean): number {
    const bytes = this.#foldsAscii ? this.#fold(given) : given;
    this.#isFull = false;
    let at = 0;
    if (this.#begunLength > 0) {
      at = tokenEnd(bytes, 0);
      this.#begin(bytes, 0, at);
      if (at === bytes.length && !isLast) return at;
      if (!this.#count(this.#begun, 0, this.#begunLength)) return at;
      this.#begunLength = 0;
    }
    while (true) {
      while (at < bytes.length && isWhitespace(bytes[at] as number)) at++;
      if (at === bytes.length) return at;
      const end = tokenEnd(bytes, at);
      if (end === bytes.length && !isLast) {
        this.#begin(bytes, at, end);
        return end;
      }
      if (!this.#count(bytes, at, end)) return at;
      at = end;
    }
  }

  drain(partitions: number, onEntries: OnEntries): void {
    this.#isFull = false;
    this.#table.drain(partitions, onEntries);
  }

  #count(bytes: Uint8Array, start: number, end: number): boolean {
    this.#isFull = !this.#table.add(bytes, start, end, 1, this.#memoryBytes);
    if (!this.#isFull) this.#tokens++;
    return !this.#isFull;
  }

  /** Keeps a part of a token. */
  #begin(bytes: Uint8Array, start: number, end: number): void {
    const length = this.#begunLength + end - start;
    if (length > this.#begun.length) {
      const old = this.#begun.subarray(0, this.#begunLength);
      this.#begun = new Uint8Array(2 * length);
      this.#begun.set(old);
    }
    this.#begun.set(bytes.subarray(start, end), this.#begunLength);
    this.#begunLength = length;
  }

  #fold(bytes: Uint8Array): Uint8Array {
    if (this.#folded.length < bytes.length) this.#folded = new Uint8Array(bytes.length);
    const folded = this.#folded.subarray(0, bytes.length);
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      folded[i] = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
    }
    return folded;
  }
}

function tokenEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && !isWhitespace(bytes[at] as number)) at++;
  return at;
}
