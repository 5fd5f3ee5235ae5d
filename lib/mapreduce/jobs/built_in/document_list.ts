import { compareBytes } from "../../kernel/compare_bytes.ts";
import { SPACE, SpacedList } from "./spaced_list.ts";

const FIRST_SLOTS = 64;

/** A larger table is not used again: to empty it would take long. */
const KEPT_SLOTS = 2048;

/** Documents with a space between them, each once, in the order of their first appearance. */
export class DocumentList {
  readonly #list = new SpacedList();
  /** By document: where it begins in the list, and its hash. */
  #starts: Uint32Array = new Uint32Array(FIRST_SLOTS / 2);
  #hashes: Uint32Array = new Uint32Array(FIRST_SLOTS / 2);
  /** 0, or 1 + the number of a document. Never more than half are taken. */
  #slots: Uint32Array = new Uint32Array(FIRST_SLOTS);

  /** The list: a view until the next call. */
  get bytes(): Uint8Array {
    return this.#list.bytes.subarray(0, this.#list.end);
  }

  /** Adds what is not there of documents with a space between them. */
  add(from: Uint8Array, start: number, end: number): void {
    let hash = 0;
    for (let at = start; at < end; at++) {
      const byte = from[at] as number;
      if (byte !== SPACE) {
        hash = Math.imul(hash ^ byte, 0x9e3779b1);
        continue;
      }
      this.#addOne(from, start, at, hash);
      start = at + 1;
      hash = 0;
    }
    this.#addOne(from, start, end, hash);
  }

  /** Begins a new list. */
  clear(): void {
    this.#list.clear();
    if (this.#slots.length <= KEPT_SLOTS) return void this.#slots.fill(0);
    this.#starts = new Uint32Array(FIRST_SLOTS / 2);
    this.#hashes = new Uint32Array(FIRST_SLOTS / 2);
    this.#slots = new Uint32Array(FIRST_SLOTS);
  }

  #addOne(from: Uint8Array, start: number, end: number, product: number): void {
    // The higher bits of a product are the better ones.
    const hash = (product ^ (product >>> 15)) >>> 0;
    const number = this.#list.count;
    if (2 * (number + 1) > this.#slots.length) this.#grow();
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const other = (slots[slot] as number) - 1;
      if (this.#hashes[other] === hash && this.#is(other, from, start, end)) return;
    }
    slots[slot] = number + 1;
    this.#hashes[number] = hash;
    this.#list.add(from, start, end);
    this.#starts[number] = this.#list.last;
  }

  #is(number: number, from: Uint8Array, start: number, end: number): boolean {
    const { bytes, count, end: listEnd } = this.#list;
    const at = this.#starts[number] as number;
    const next = number + 1 < count ? this.#starts[number + 1] as number - 1 : listEnd;
    return next - at === end - start && compareBytes(bytes, at, next, from, start, end) === 0;
  }

  #grow(): void {
    const { length } = this.#slots;
    const slots = this.#slots = new Uint32Array(2 * length);
    const [starts, hashes] = [this.#starts, this.#hashes];
    (this.#starts = new Uint32Array(length)).set(starts);
    (this.#hashes = new Uint32Array(length)).set(hashes);
    for (const [number, hash] of hashes.entries()) {
      let slot = hash & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = number + 1;
    }
  }
}
