import assert from "node:assert/strict";
import fc from "fast-check";
import { AnswerBook } from "../../lib/timer/answer_book.ts";

/** What the source says: the newest million messages are known, all but 31 of them for sure. */
const WINDOW = 2 ** 20;
const SURE = WINDOW - 32;

/** Knows every message for ever. */
class NaiveBook {
  sent = 0;
  answered = 0;
  duplicated = 0;
  reordered = 0;
  unexpected = 0;
  readonly #answers = new Map<number, number>();

  answer(sequence: number): string {
    if (sequence < 0 || sequence >= this.sent || sequence < this.sent - SURE) {
      this.unexpected++;
      return "unexpected";
    }
    const before = this.#answers.get(sequence) ?? 0;
    this.#answers.set(sequence, before + 1);
    if (before > 0) {
      this.duplicated++;
      return "repeated";
    }
    this.answered++;
    // RFC 4737, section 3: reordered is what comes after a later one has come.
    if ([...this.#answers.keys()].some((other) => other > sequence)) this.reordered++;
    return "first";
  }
}

function countsOf({ sent, answered, duplicated, reordered, unexpected }: NaiveBook | AnswerBook) {
  return { sent, answered, duplicated, reordered, unexpected };
}

type Step = { readonly send: number } | { readonly back: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ send: fc.integer({ min: 1, max: 70 }) }),
  { weight: 4, arbitrary: fc.record({ back: fc.integer({ min: -3, max: 150 }) }) },
);

function check(steps: readonly Step[], startAt: number): void {
  const book = new AnswerBook();
  const naive = new NaiveBook();
  while (book.sent < startAt) book.send();
  naive.sent = book.sent;
  for (const each of steps) {
    if ("send" in each) {
      for (let i = 0; i < each.send; i++) assert.equal(book.send(), naive.sent++);
    } else {
      const sequence = book.sent - 1 - each.back;
      assert.equal(book.answer(sequence), naive.answer(sequence), `answer to ${sequence}`);
    }
    assert.deepEqual(countsOf(book), countsOf(naive));
  }
}

Deno.test("AnswerBook counts as a naive book does", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 100 }), (steps) => check(steps, 0)));
});

Deno.test("AnswerBook counts as a naive book does where its window comes round", () => {
  const startAt = fc.integer({ min: WINDOW - 100, max: WINDOW + 100 });
  const steps = fc.array(step, { maxLength: 60 });
  fc.assert(fc.property(steps, startAt, check), { numRuns: 10 });
});

Deno.test("AnswerBook knows the newest 2^20 - 32 messages, and none before", () => {
  const book = new AnswerBook();
  for (let i = 0; i < 2 * WINDOW + 17; i++) {
    const sequence = book.send();
    if (sequence % 2 === 0) assert.equal(book.answer(sequence), "first");
  }
  const oldest = book.sent - SURE;
  for (let i = 0; i < 64; i++) {
    const known = oldest + i;
    assert.equal(book.answer(known), known % 2 === 0 ? "repeated" : "first", `${known}`);
    assert.equal(book.answer(oldest - 1 - i), "unexpected");
  }
  const { answered, duplicated, unexpected, reordered } = book;
  assert.deepEqual([answered, duplicated, reordered, unexpected], [WINDOW + 9 + 32, 32, 32, 64]);
});

Deno.test("AnswerBook takes answers to other runs and to the future as unexpected", () => {
  const book = new AnswerBook();
  for (const sequence of [-1, 0, 1, 2 ** 53]) assert.equal(book.answer(sequence), "unexpected");
  book.send();
  assert.equal(book.answer(1), "unexpected");
  assert.equal(book.answer(0), "first");
});

Deno.test("AnswerBook counts order as in RFC 4737: a late one is reordered, a repeat is not", () => {
  const book = new AnswerBook();
  for (let i = 0; i < 6; i++) book.send();
  for (const sequence of [0, 3, 1, 1, 3, 4, 2, 5]) book.answer(sequence);
  assert.deepEqual([book.reordered, book.duplicated, book.answered], [2, 2, 6]);
});
