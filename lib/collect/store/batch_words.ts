/**
 * How batches lie in the memory that goes to the thread of a store and back, one after the other, as
 * 64-bit floats; every whole number of theirs fits:
 *
 * ```
 * session, firstSequence, receivedUs, isCorrected, count, atUs, offsetUs, boundUs, frequencyPpm, times
 * highest, stored,        equal,      repeated,    …     on the way back
 * ```
 * `session` is an index into a list of names. A highest sequence of -1 says that nobody knows the
 * session.
 */
import type { AppendResult, Correction, SampleBatch } from "./sample_batch.ts";

/** Words before the times of a batch. */
export const HEAD_WORDS = 9;

/** What the thread reads of a batch. */
export interface BatchHead {
  readonly session: number;
  readonly firstSequence: number;
  readonly receivedUs: number;
  readonly correction: Correction | undefined;
  readonly timesUs: Float64Array;
}

/** Writes a batch at `at`; there is room for it. */
export function writeBatch(words: Float64Array, at: number, session: number, b: SampleBatch): void {
  const { correction: c } = b;
  words[at] = session;
  words[at + 1] = b.firstSequence;
  words[at + 2] = b.receivedUs;
  words[at + 3] = c === undefined ? 0 : 1;
  words[at + 4] = b.timesUs.length;
  words[at + 5] = c?.atUs ?? 0;
  words[at + 6] = c?.offsetUs ?? 0;
  words[at + 7] = c?.boundUs ?? 0;
  words[at + 8] = c?.frequencyPpm ?? 0;
  words.set(b.timesUs, at + HEAD_WORDS);
}

/** Reads the batch at `at`; its times are a view. */
export function readBatch(words: Float64Array, at: number): BatchHead {
  const head = words.subarray(at, at + HEAD_WORDS);
  const [session = 0, firstSequence = 0, receivedUs = 0, isCorrected, count = 0] = head;
  const [atUs = 0, offsetUs = 0, boundUs = 0, frequencyPpm = 0] = head.subarray(5);
  const timesAt = at + HEAD_WORDS;
  return {
    ...{ session, firstSequence, receivedUs },
    correction: isCorrected === 1 ? { atUs, offsetUs, boundUs, frequencyPpm } : undefined,
    timesUs: words.subarray(timesAt, timesAt + count),
  };
}

/** Writes what became of the batch at `at`; `undefined`: nobody knows its session. */
export function writeResult(words: Float64Array, at: number, r: AppendResult | undefined): void {
  words[at] = r?.highestSequence ?? -1;
  words[at + 1] = r?.stored ?? 0;
  words[at + 2] = r?.equal ?? 0;
  words[at + 3] = r?.repeated ?? 0;
}

/** Reads what became of the batch at `at`; `undefined`: nobody knows its session. */
export function readResult(words: Float64Array, at: number): AppendResult | undefined {
  const [highestSequence = -1, stored = 0, equal = 0, repeated = 0] = words.subarray(at, at + 4);
  return highestSequence === -1 ? undefined : { highestSequence, stored, equal, repeated };
}
