import { compareBytes } from "../../kernel/compare_bytes.ts";
import { SeenKeys } from "./seen_keys.ts";

const SPACE = 0x20;

/** Documents with a space between them, each once, in the order of their first appearance. */
export class DocumentList {
  #bytes = new Uint8Array(64 * 1024);
  #end = 0;
  /** Where the last one begins. */
  #last = 0;
  readonly #seen = new SeenKeys();
  #count = 0;

  /** The list: a view until the next call. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#end);
  }

  /** Adds a document, if it is not there. */
  add(from: Uint8Array, start: number, end: number): void {
    if (this.#count > 0) {
      // Most that repeat do so at once, and most words have one document.
      if (compareBytes(this.#bytes, this.#last, this.#end, from, start, end) === 0) return;
      if (this.#count === 1) this.#seen.isNew(this.#bytes, this.#last, this.#end);
      if (!this.#seen.isNew(from, start, end)) return;
    }
    this.#append(from, start, end);
  }

  /** Begins a new list. */
  clear(): void {
    if (this.#count > 1) this.#seen.clear();
    this.#end = this.#count = 0;
  }

  #append(from: Uint8Array, start: number, end: number): void {
    const most = this.#end + 1 + end - start;
    if (most > this.#bytes.length) {
      const larger = new Uint8Array(2 * most);
      larger.set(this.bytes);
      this.#bytes = larger;
    }
    if (this.#count++ > 0) this.#bytes[this.#end++] = SPACE;
    this.#last = this.#end;
    this.#bytes.set(from.subarray(start, end), this.#end);
    this.#end += end - start;
  }
}
