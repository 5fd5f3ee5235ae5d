/**
 * Knows of every message whether it was answered, in constant memory: one bit each for the newest
 * million messages. So losses, repeats and changes of order are counted exactly, as long as an answer
 * is not overtaken by a million messages; one that is counts as unexpected.
 */

/** How many messages are known one by one. A power of two. */
const WINDOW = 2 ** 20;

const WORD_BITS = 32;
const WORD_MASK = WINDOW / WORD_BITS - 1;

/** What an answer is: the first to its message, another one, or to no message that is known. */
export type AnswerIs = "first" | "repeated" | "unexpected";

/** The book of one connection. */
export class AnswerBook {
  /** Messages sent: they have the sequences from 0 to below this. */
  sent = 0;
  /** Messages that have an answer. */
  answered = 0;
  /** Answers beyond the first to a message. */
  duplicated = 0;
  /** First answers that came after one to a later message (RFC 4737, section 3). */
  reordered = 0;
  /** Answers to no message that was sent or is still known. */
  unexpected = 0;
  readonly #bits = new Uint32Array(WINDOW / WORD_BITS);
  #nextExpected = 0;

  /** A message is sent; says its sequence. */
  send(): number {
    const sequence = this.sent++;
    if (sequence % WORD_BITS === 0) this.#bits[(sequence / WORD_BITS) & WORD_MASK] = 0;
    return sequence;
  }

  /** An answer to message `sequence` has come. */
  answer(sequence: number): AnswerIs {
    // A whole word is forgotten at a time, so up to 31 messages early.
    if (sequence < 0 || sequence >= this.sent || sequence < this.sent - (WINDOW - WORD_BITS)) {
      this.unexpected++;
      return "unexpected";
    }
    const word = Math.floor(sequence / WORD_BITS) & WORD_MASK;
    const bit = 1 << (sequence % WORD_BITS);
    const bits = this.#bits[word] ?? 0;
    if ((bits & bit) !== 0) {
      this.duplicated++;
      return "repeated";
    }
    this.#bits[word] = bits | bit;
    this.answered++;
    if (sequence < this.#nextExpected) this.reordered++;
    else this.#nextExpected = sequence + 1;
    return "first";
  }
}
