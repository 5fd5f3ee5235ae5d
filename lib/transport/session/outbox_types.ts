/** What an outbox is told, and what it tells. */

/** What happens to an entry that finds no room: it is refused, or the oldest ones are dropped. */
export type WhenOutboxFull = "refuse" | "drop-oldest";

/** Options of an `Outbox`. */
export interface OutboxOptions {
  /** Most entries that wait for their acknowledgement. @default {100000} */
  readonly maxEntries?: number;
  /** Most bytes of these entries. @default {64 MiB} */
  readonly maxBytes?: number;
  /** What happens to an entry that finds no room. @default {"refuse"} */
  readonly whenFull?: WhenOutboxFull;
  /** Whether entries wait for `Outbox.release` before they can be sent. @default {false} */
  readonly holdsBack?: boolean;
}

/** An entry and its number. */
export interface OutboxEntry<T> {
  /** Number of the entry in its session. */
  readonly sequence: number;
  /** What is to be sent. */
  readonly value: T;
  /** What it counts against the limit. */
  readonly bytes: number;
}

/** Numbers of an `Outbox`, as a store keeps them. */
export interface OutboxCounters {
  /** Everything up to this number is acknowledged. */
  readonly acknowledged: number;
  /** The number that was given last, to an entry or to a gap. */
  readonly last: number;
  /** Entries that were dropped to make room, ever. */
  readonly dropped: number;
  /** Numbers that were left out by `Outbox.skip`, ever. */
  readonly skipped: number;
}
