import type { OpenDatabase } from "./open_database.ts";

/** Closes a store. Whoever writes it leaves one file behind, so that it can be copied as it is. */
export function closeDatabase({ db, lock }: OpenDatabase): void {
  try {
    if (lock !== undefined) db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // a full disk: what is in the WAL is committed and read at the next start
  }
  db.close();
  lock?.close();
}
