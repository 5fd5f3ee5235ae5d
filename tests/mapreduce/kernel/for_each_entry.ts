import type { RunCursor } from "../../../lib/mapreduce/kernel/run_cursor.ts";
import type { RunEntry } from "../../../lib/mapreduce/kernel/run_entry.ts";

/**
 * Goes through all entries. The cursor is given to `onEntry` at each of them; where that gives back
 * a promise, it is awaited. The cursor is closed at the end and when something throws.
 */
export async function forEachEntry(
  cursor: RunCursor,
  onEntry: (entry: RunEntry) => void | Promise<void>,
): Promise<void> {
  try {
    while (cursor.next() || await cursor.load()) {
      const waiting = onEntry(cursor);
      if (waiting !== undefined) await waiting;
    }
  } finally {
    cursor.close();
  }
}
