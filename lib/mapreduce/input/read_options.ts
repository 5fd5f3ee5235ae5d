import type { ReadTally } from "./read_tally.ts";

/** Options of reading a split. */
export interface ReadOptions {
  /** Is added to. */
  readonly tally: ReadTally;
  /** Most bytes of a record that is given as a whole; a larger one is a problem. @default {64 MiB} */
  readonly maxRecordBytes?: number;
  /** Ends reading with its reason. */
  readonly signal?: AbortSignal;
}

/** Most bytes of a record that is given as a whole, unless told otherwise. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;
