import type { Problem } from "./problem.ts";

/** Types of skipped records that are counted apart; the rest is `other`. */
const MAX_TYPES = 20;

/** Most UTF-16 code units of such a type; the rest is cut off. */
const MAX_TYPE_LENGTH = 100;

/** What was read so far, good and bad; who reads adds to it. */
export class ReadTally {
  /** Bytes read, as stored. */
  storedBytes = 0;
  /** Bytes of text that went to the job. */
  textBytes = 0;
  /** Records that went to the job. */
  records = 0;
  /** Records that are none of the job's, by their WARC-Type: 20 types of it, the others as `other`. */
  readonly skipped: ReadonlyMap<string, number>;
  readonly #skipped = new Map<string, number>();
  /** What was not read, or not right. */
  readonly problems: Problem[] = [];

  /** Nothing was read. */
  constructor() {
    this.skipped = this.#skipped;
  }

  /** Counts a record that is none of the job's. */
  skip(type: string): void {
    const cut = type.slice(0, MAX_TYPE_LENGTH).toWellFormed();
    const isApart = this.#skipped.has(cut) || this.#skipped.size < MAX_TYPES;
    const name = isApart ? cut : "other";
    this.#skipped.set(name, (this.#skipped.get(name) ?? 0) + 1);
  }

  /** Records that are none of the job's. */
  get skippedRecords(): number {
    return this.skipped.values().reduce((sum, count) => sum + count, 0);
  }
}
