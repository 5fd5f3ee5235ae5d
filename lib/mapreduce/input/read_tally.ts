import { isLoss, type Problem } from "./problem.ts";

/** Types of skipped records that are counted apart; the rest is `other`. */
const MAX_TYPES = 20;

/** Most UTF-16 code units of such a type; the rest is cut off. */
const MAX_TYPE_LENGTH = 100;

/** Problems that are named; of more, it is said how many there are. */
export const MAX_PROBLEMS = 200;

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
  readonly #problems: Problem[] = [];
  #leftOut: { first: Problem; last: Problem; count: number } | undefined;

  /** Nothing was read. */
  constructor() {
    this.skipped = this.#skipped;
  }

  /** Takes note of what was not read, or not right. */
  addProblem(problem: Problem): void {
    if (this.#problems.length < MAX_PROBLEMS) return void this.#problems.push(problem);
    this.#leftOut ??= { first: problem, last: problem, count: 0 };
    // One that stands for a loss and for others is a loss.
    if (isLoss(problem) && !isLoss(this.#leftOut.first)) this.#leftOut.first = problem;
    this.#leftOut.last = problem;
    this.#leftOut.count++;
  }

  /** What was not read, or not right: the first ones, and one that stands for all others. */
  get problems(): readonly Problem[] {
    if (this.#leftOut === undefined) return this.#problems;
    const { first: { input, offset, code }, last, count } = this.#leftOut;
    const more = count === 1 ? "1 more problem is" : `${count} more problems are`;
    const message = `${more} not named, up to byte ${last.offset}`;
    const resumed = last.resumedAt === undefined ? {} : { resumedAt: last.resumedAt };
    return [...this.#problems, { input, offset, code, message, ...resumed }];
  }

  /** All problems, named or not. */
  get problemCount(): number {
    return this.#problems.length + (this.#leftOut?.count ?? 0);
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
