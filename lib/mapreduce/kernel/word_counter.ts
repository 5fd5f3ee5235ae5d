/**
 * Takes entries of one partition that are sorted by key and written as a run holds them
 * (`varint keyLength | key | varint valueLength | value`). Partitions come in ascending order, and
 * the calls of one partition follow each other. `entries` is a view that is good during the call.
 */
export type OnEntries = (partition: number, entries: Uint8Array, records: number) => void;

/**
 * Counts the tokens of records. The keys are the tokens' bytes, the values are counts in decimal
 * ASCII digits.
 *
 * ```ts
 * let rest = body;
 * while (true) {
 *   const taken = counter.feed(rest, true);
 *   if (!counter.isFull) break;
 *   counter.drain(8, (partition, entries, records) => writers[partition].addEntries(entries, records));
 *   rest = rest.subarray(taken);
 * }
 * ```
 */
export interface WordCounter {
  /**
   * Counts the tokens of a part of a record. A token may go on in the next part; `isLast` ends the
   * record, and with it its last token. Nothing of `bytes` is kept after the call.
   *
   * @returns the bytes taken. Fewer than all only if {@linkcode WordCounter.isFull} is now true:
   * call {@linkcode WordCounter.drain}, then feed the rest, even an empty one, with the same `isLast`.
   */
  feed(bytes: Uint8Array, isLast: boolean): number;

  /** Whether the memory limit is reached, so that `drain` comes next. */
  readonly isFull: boolean;

  /** Bytes of memory in use by the table and its keys. */
  readonly used: number;

  /** Distinct tokens in the table. */
  readonly size: number;

  /** Tokens counted since the start, whatever was drained. */
  readonly tokens: number;

  /**
   * Hands over all counts, each partition sorted by the bytes of the keys, and empties the table.
   * The beginning of a token that a later `feed` goes on with is kept.
   */
  drain(partitions: number, onEntries: OnEntries): void;
}
