import type { RunEntry } from "./run_entry.ts";

/**
 * A place in a run, or in several that are merged: one entry after the other, without a promise or
 * an object for each.
 *
 * ```ts
 * while (cursor.next() || await cursor.load()) {
 *   use(cursor.bytes.subarray(cursor.keyStart, cursor.keyEnd));
 * }
 * ```
 *
 * `bytes` and the four places are good until the next call of `next`, `load` or `close`.
 */
export interface RunCursor extends RunEntry {
  /** Goes to the next entry; false says that `load` must be asked. */
  next(): boolean;

  /**
   * Fetches more and goes to the next entry; false says that there is none. A promise only where
   * the run comes from something that must be awaited.
   *
   * @throws RunError if the run is torn or corrupt.
   */
  load(): boolean | Promise<boolean>;

  /** Lets go of what lies beneath; good at any time, also twice. */
  close(): void;
}

/** A cursor that nobody has to wait for: what it needs lies on the disk, and tasks have threads of their own. */
export interface SyncRunCursor extends RunCursor {
  load(): boolean;
}
