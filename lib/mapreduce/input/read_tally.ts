import type { Problem } from "./problem.ts";

/** What was read so far, good and bad; who reads adds to it. */
export class ReadTally {
  /** Bytes read, as stored. */
  storedBytes = 0;
  /** Bytes of text that went to the job. */
  textBytes = 0;
  /** Records that went to the job. */
  records = 0;
  /** Records that are none of the job's, by their WARC-Type. */
  readonly skipped = new Map<string, number>();
  /** What was not read, or not right. */
  readonly problems: Problem[] = [];

  /** Records that are none of the job's. */
  get skippedRecords(): number {
    return this.skipped.values().reduce((sum, count) => sum + count, 0);
  }
}
