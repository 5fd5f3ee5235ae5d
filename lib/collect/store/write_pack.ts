import { StoreError } from "../../store/store_error.ts";
import { HEAD_WORDS, readResult, writeBatch } from "./batch_words.ts";
import type { Pack } from "../../store/write_queue.ts";
import type { AppendResult, SampleBatch } from "./sample_batch.ts";
import type { Note, WriteRequest, Written } from "./sqlite_messages.ts";

/** Samples in one transaction. */
const MAX_SAMPLES = 50_000;
/** Notes in one transaction. */
const MAX_NOTES = 5000;
/** Words to begin with. */
const FIRST_WORDS = 16_384;
/** Memory of so many is kept to be used again. */
const MAX_SPARE = 3;

interface Call<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** What goes into one transaction: copied together while the thread is busy with the one before. */
export class WritePack implements Pack<Written> {
  readonly #spareWords: Float64Array<ArrayBuffer>[];
  #words: Float64Array<ArrayBuffer>;
  #usedWords = 0;
  #samples = 0;
  readonly #notes: Note[] = [];
  readonly #noteCalls: Call<void>[] = [];
  readonly #sessions = new Map<string, number>();
  readonly #batchCalls: (Call<AppendResult> & { readonly at: number; readonly session: string })[] =
    [];

  /** @param spareWords memory to use again; what it takes it gives back when it is settled */
  constructor(spareWords: Float64Array<ArrayBuffer>[] = []) {
    this.#spareWords = spareWords;
    this.#words = spareWords.pop() ?? new Float64Array(FIRST_WORDS);
  }

  get samples(): number {
    return this.#samples;
  }

  /** Whether something more goes into the next one. */
  get isFull(): boolean {
    return this.#samples >= MAX_SAMPLES || this.#notes.length >= MAX_NOTES;
  }

  /** Copies a batch into it. */
  addBatch(batch: SampleBatch): Promise<AppendResult> {
    const { session, timesUs } = batch;
    const at = this.#usedWords;
    this.#reserve(HEAD_WORDS + timesUs.length);
    let index = this.#sessions.get(session);
    if (index === undefined) this.#sessions.set(session, index = this.#sessions.size);
    writeBatch(this.#words, at, index, batch);
    this.#samples += timesUs.length;
    return new Promise((resolve, reject) => {
      this.#batchCalls.push({ resolve, reject, at, session });
    });
  }

  addNote(note: Note): Promise<void> {
    this.#notes.push(note);
    return new Promise((resolve, reject) => this.#noteCalls.push({ resolve, reject }));
  }

  /** What to send; its words are to be transferred. */
  request(epoch: number): WriteRequest {
    return {
      kind: "write",
      epoch,
      notes: this.#notes,
      sessions: [...this.#sessions.keys()],
      words: this.#words,
      usedWords: this.#usedWords,
    };
  }

  /** Tells everybody what became of it. */
  settle({ noteErrors, words }: Written): void {
    for (const [i, { resolve, reject }] of this.#noteCalls.entries()) {
      const error = noteErrors[i];
      if (error === undefined) resolve();
      else reject(new StoreError("other", error));
    }
    for (const { resolve, reject, at, session } of this.#batchCalls) {
      const result = readResult(words, at);
      if (result !== undefined) resolve(result);
      else {
        reject(
          new StoreError("other", `Cannot store for session ${session}: nobody opened it`),
        );
      }
    }
    if (this.#spareWords.length < MAX_SPARE) this.#spareWords.push(words);
  }

  /** Tells everybody that nothing of it was stored. */
  fail(error: unknown): void {
    for (const { reject } of this.#noteCalls) reject(error);
    for (const { reject } of this.#batchCalls) reject(error);
  }

  #reserve(words: number): void {
    const wanted = this.#usedWords + words;
    if (wanted > this.#words.length) {
      const larger = new Float64Array(Math.max(wanted, 2 * this.#words.length));
      larger.set(this.#words.subarray(0, this.#usedWords));
      this.#words = larger;
    }
    this.#usedWords = wanted;
  }
}
