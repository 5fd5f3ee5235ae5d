import { foldCase } from "./fold_case.ts";
import { WordClass, wordClasses } from "./word_classes.ts";

const APOSTROPHE = 0x27;
const LF = 0x0a;

/** The class of a sequence that goes on behind the end of the bytes. */
const CUT = 3;

/** Stands for a byte behind the end. */
const MISSING = -1;

/**
 * Finds Unicode words: letters, marks and decimal digits, with single apostrophes (' or ’) inside,
 * in normal form NFC, with case folded where asked. Bytes that are no UTF-8 separate words.
 */
export class UnicodeTokenizer {
  /** The words of the last call, each with LF behind it, up to `end`. */
  words: Uint8Array = new Uint8Array(1024);
  end = 0;

  readonly #foldsCase: boolean;
  readonly #classes: Uint8Array;
  /** What an ASCII byte of a word is written as; 0 for all other bytes. */
  readonly #ascii = new Uint8Array(256);
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #encoder = new TextEncoder();

  constructor(foldsCase: boolean) {
    this.#foldsCase = foldsCase;
    this.#classes = wordClasses(foldsCase);
    for (let byte = 0; byte < 0x80; byte++) {
      const folds = foldsCase && byte >= 0x41 && byte <= 0x5a;
      if (this.#classes[byte] === WordClass.Plain) this.#ascii[byte] = folds ? byte + 0x20 : byte;
    }
  }

  /**
   * Writes the words of `bytes` to `words`.
   *
   * @returns where a word begins that may go on behind `bytes`; their end if `isLast`.
   */
  tokenize(bytes: Uint8Array, isLast: boolean): number {
    this.end = 0;
    this.#makeRoom(bytes.length + 1);
    let at = 0;
    while (at < bytes.length) {
      const byte = bytes[at] as number;
      if (byte < 0x80 && this.#ascii[byte] === 0) {
        at++;
        continue;
      }
      const found = this.#classAt(bytes, at);
      if ((found & 3) === WordClass.None) {
        at += found >> 2;
      } else if ((found & 3) !== CUT) {
        const end = this.#takeWord(bytes, at, isLast);
        if (end < 0) return at;
        at = end;
      } else {
        if (!isLast) return at;
        at++;
      }
    }
    return at;
  }

  /** Writes the word that begins at `start`; gives its end, or -1 if it may go on behind `bytes`. */
  #takeWord(bytes: Uint8Array, start: number, isLast: boolean): number {
    const ascii = this.#ascii;
    const words = this.words;
    let at = start;
    let to = this.end;
    let changes = 0;
    while (true) {
      const plain = ascii[bytes[at] as number] as number;
      if (at < bytes.length && plain !== 0) {
        words[to++] = plain;
        at++;
        continue;
      }
      let found = this.#classAt(bytes, at);
      let next = at;
      if ((found & 3) === WordClass.None) {
        next += apostropheBytes(bytes, at);
        // Without an apostrophe this is the class of the same place again, which ends the word.
        found = this.#classAt(bytes, next);
      }
      if ((found & 3) === WordClass.None || ((found & 3) === CUT && isLast)) break;
      if ((found & 3) === CUT) return -1;
      changes |= found;
      for (next += found >> 2; at < next; at++) {
        const byte = bytes[at] as number;
        words[to++] = ascii[byte] || byte;
      }
    }
    if ((changes & WordClass.Changing) !== 0) {
      to = this.#writeChanged(bytes.subarray(start, at), bytes.length - at);
    }
    this.words[to] = LF;
    this.end = to + 1;
    return at;
  }

  /** The class of the code point at `at` in the lower two bits, its length in bytes above them. */
  #classAt(bytes: Uint8Array, at: number): number {
    const classes = this.#classes;
    if (at >= bytes.length) return CUT;
    const lead = bytes[at] as number;
    if (lead < 0x80) return 4 | (classes[lead] as number);
    // The first bytes that Unicode allows (The Unicode Standard, table 3-7).
    if (lead < 0xc2 || lead > 0xf4) return 4;
    const second = at + 1 < bytes.length ? bytes[at + 1] as number : MISSING;
    if (second === MISSING) return CUT;
    if ((second & 0xc0) !== 0x80) return 4;
    let point = ((lead & 0x1f) << 6) | (second & 0x3f);
    if (lead < 0xe0) return 8 | (classes[point] as number);
    const third = at + 2 < bytes.length ? bytes[at + 2] as number : MISSING;
    if (third === MISSING) return CUT;
    if ((third & 0xc0) !== 0x80) return 4;
    point = ((point & 0x3ff) << 6) | (third & 0x3f);
    // Surrogates have the class of what is no word; so have sequences that are too long.
    if (lead < 0xf0) return point < 0x800 ? 4 : 12 | (classes[point] as number);
    const fourth = at + 3 < bytes.length ? bytes[at + 3] as number : MISSING;
    if (fourth === MISSING) return CUT;
    if ((fourth & 0xc0) !== 0x80) return 4;
    point = ((point & 0x7fff) << 6) | (fourth & 0x3f);
    return point < 0x10000 || point > 0x10ffff ? 4 : 16 | (classes[point] as number);
  }

  /** Writes a word normalised and folded, and leaves room for as much as is `left`. */
  #writeChanged(bytes: Uint8Array, left: number): number {
    const text = this.#decoder.decode(bytes).normalize("NFC");
    const word = this.#foldsCase ? foldCase(text) : text;
    this.#makeRoom(3 * word.length + 1 + left + 1);
    const { written } = this.#encoder.encodeInto(word, this.words.subarray(this.end));
    return this.end + written;
  }

  #makeRoom(size: number): void {
    if (this.end + size <= this.words.length) return;
    const old = this.words.subarray(0, this.end);
    this.words = new Uint8Array(2 * (this.end + size));
    this.words.set(old);
  }
}

/** The length in bytes of an apostrophe, ' or ’, at `at`; 0 if there is none. */
function apostropheBytes(bytes: Uint8Array, at: number): number {
  if (bytes[at] === APOSTROPHE) return 1;
  return bytes[at] === 0xe2 && bytes[at + 1] === 0x80 && bytes[at + 2] === 0x99 ? 3 : 0;
}
