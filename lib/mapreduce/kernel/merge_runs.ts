import { MergedRuns } from "./merged_runs.ts";
import type { SyncRunCursor } from "./run_cursor.ts";

/**
 * Merges runs into one, ordered by (key bytes, place of the run in `cursors`, place in the run): if
 * the cursors stand in the order of the map tasks, values come in the order of the input. The
 * cursors belong to the merger, which closes each one at its end, and all at `close`.
 */
export function mergeRuns(cursors: readonly SyncRunCursor[]): SyncRunCursor {
  const [only] = cursors;
  return cursors.length === 1 && only !== undefined ? only : new MergedRuns(cursors);
}
