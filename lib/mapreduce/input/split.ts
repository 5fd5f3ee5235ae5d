import type { InputFormat } from "./input.ts";

/** A piece of an input that is read on its own. */
export interface Split {
  /** Number of the input. */
  readonly input: number;
  /** First byte, as stored. A record begins here: of gzip, a member. */
  readonly startByte: number;
  /** Byte after the last one. The next split, if any, begins here. */
  readonly endByte: number;
  readonly format: InputFormat;
  readonly isGzip: boolean;
}

/** What one map attempt reads: consecutive splits, which are read one after the other. */
export interface MapTask {
  /** Number of the task; tasks follow each other as inputs do, and as bytes do within an input. */
  readonly number: number;
  readonly splits: readonly Split[];
}
