/** What is wrong with an input. Problems are data: reading goes on where it can. */

/** All codes. The set is closed. */
export const PROBLEM_CODES = [
  /** It cannot be opened or read, or has become shorter. */
  "unreadable",
  /** It is another one than it was when the job was planned. */
  "changed",
  /** It should have records and has none. */
  "empty",
  /** Something else stands where a WARC record should begin. */
  "not-a-record",
  /** A header of a WARC record that cannot be understood. */
  "bad-header",
  /** Content-Length is missing, is no number, or does not lead to the end of the record. */
  "bad-length",
  /** A record without the two line ends behind it; it was read all the same. */
  "bad-end",
  /** It ends in the middle of a record. */
  "cut",
  /** A record, line or header that is larger than the limit. */
  "too-large",
  /** Gzip that ends before its end. */
  "gzip-cut",
  /** Gzip whose bytes or checksum are wrong. */
  "gzip-corrupt",
  /** Something else than gzip behind the last member. */
  "gzip-trailing",
  /** A member or record crosses the border of a split, which was thus no border. */
  "bad-split",
] as const;

/** What can be wrong: one of {@linkcode PROBLEM_CODES}. */
export type ProblemCode = typeof PROBLEM_CODES[number];

/** One thing that is wrong with an input. */
export interface Problem {
  /** Number of the input. */
  readonly input: number;
  /** Byte of the input, as stored, where it is; of gzip, where the member begins. */
  readonly offset: number;
  readonly code: ProblemCode;
  /** One line for people, without path and offset. */
  readonly message: string;
  /** Where reading went on, as stored; `undefined`: nothing behind it was read. */
  readonly resumedAt?: number;
}

/**
 * Whether something of the input may be missing in the output. It is not where all was read, and only the
 * form is wrong; with something else behind the last member of gzip, that may have been records.
 */
export function isLoss({ code }: Problem): boolean {
  return code !== "bad-end";
}
