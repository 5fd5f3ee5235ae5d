import { GrowingBuffer } from "./growing_buffer.ts";

/** Most bytes without white space that are passed on: a larger word is left out, and named. */
export const MAX_WORD_BYTES = 16 * 1024 * 1024;

const EMPTY = new Uint8Array(0);

/** Who is given what is left. */
export interface LongWordsHandler {
  /** Some text: a view, or memory of its own. */
  piece(bytes: Uint8Array, isLast: boolean): void;
  /** A word that is left out. @param position what came with the piece in which it began */
  tooLarge(position: number): void;
}

/**
 * Leaves words out of text that are so large that nobody could hold them: two megabytes of gzip may
 * unpack to one word of two gigabytes. The end of a piece is kept back until its word has ended.
 */
export class LongWords {
  readonly #handler: LongWordsHandler;
  readonly #maxBytes: number;
  /** The beginning of a word that goes on in the next piece. */
  readonly #kept = new GrowingBuffer();
  #keptAt = 0;
  #isTooLarge = false;

  constructor(handler: LongWordsHandler, maxBytes: number = MAX_WORD_BYTES) {
    this.#handler = handler;
    this.#maxBytes = maxBytes;
  }

  /** Takes the next piece of a record. */
  push(position: number, bytes: Uint8Array, isLast: boolean): void {
    if (isLast && !this.#isInWord && bytes.length <= this.#maxBytes) {
      return this.#handler.piece(bytes, true);
    }
    const first = this.#isInWord ? firstSpace(bytes) : 0;
    if (first > 0) this.#keep(position, bytes.subarray(0, first));
    if (first < bytes.length) this.#endWord();
    const last = Math.max(first, behindLastSpace(bytes));
    if (last > first) this.#handler.piece(bytes.subarray(first, last), false);
    if (last < bytes.length) this.#keep(position, bytes.subarray(last));
    if (!isLast) return;
    this.#endWord();
    this.#handler.piece(EMPTY, true);
  }

  get #isInWord(): boolean {
    return this.#kept.length > 0 || this.#isTooLarge;
  }

  #keep(position: number, bytes: Uint8Array): void {
    if (!this.#isInWord) this.#keptAt = position;
    if (this.#isTooLarge) return;
    this.#isTooLarge = this.#kept.length + bytes.length > this.#maxBytes;
    if (this.#isTooLarge) this.#kept.clear();
    else this.#kept.append(bytes);
  }

  #endWord(): void {
    if (this.#isTooLarge) this.#handler.tooLarge(this.#keptAt);
    else if (this.#kept.length > 0) this.#handler.piece(this.#kept.view().slice(), false);
    this.#isTooLarge = false;
    this.#kept.clear();
  }
}

/** Where the first white space of Python's `bytes.split()` stands, or the end. */
function firstSpace(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length && !isSpace(bytes[at] as number)) at++;
  return at;
}

/** The place behind the last one; 0: there is none. */
function behindLastSpace(bytes: Uint8Array): number {
  let at = bytes.length;
  while (at > 0 && !isSpace(bytes[at - 1] as number)) at--;
  return at;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
