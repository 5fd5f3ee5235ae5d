import type { DatabaseSync } from "node:sqlite";

/** Takes a transaction back that failed; SQLite may have done so by itself. */
export function rollBack(db: DatabaseSync): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // there is none any more
  }
}
