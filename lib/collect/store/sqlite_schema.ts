/** The tables of a store in a file, and how older files become newer ones. */
import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "./store_error.ts";

/** "trco" in the header of the file says that it is a store of collect. */
export const APPLICATION_ID = 0x7472636f;

/** Samples are kept in the order in which they are exported, which also makes them unique. */
const VERSION_1 = `
CREATE TABLE clients (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE sessions (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, client INTEGER NOT NULL,
  token_name TEXT NOT NULL, cookie BLOB NOT NULL, highest INTEGER NOT NULL DEFAULT 0,
  stored INTEGER NOT NULL DEFAULT 0, equal INTEGER NOT NULL DEFAULT 0,
  repeated INTEGER NOT NULL DEFAULT 0, end_sequence INTEGER,
  first_seen_us INTEGER, last_seen_us INTEGER
) STRICT;
CREATE INDEX sessions_by_client ON sessions (client);
CREATE TABLE samples (
  client INTEGER NOT NULL, time_us INTEGER NOT NULL, corrected_us INTEGER, bound_us INTEGER,
  correction INTEGER, session INTEGER NOT NULL, sequence INTEGER NOT NULL,
  received_us INTEGER NOT NULL, PRIMARY KEY (client, time_us)
) STRICT, WITHOUT ROWID;
CREATE TABLE corrections (
  number INTEGER PRIMARY KEY, session INTEGER NOT NULL, used_us INTEGER NOT NULL,
  at_us REAL NOT NULL, offset_us REAL NOT NULL, bound_us REAL NOT NULL, frequency_ppm REAL NOT NULL
) STRICT;
CREATE TABLE steps (
  number INTEGER PRIMARY KEY, session INTEGER NOT NULL, side TEXT NOT NULL,
  at_us INTEGER NOT NULL, by_us INTEGER NOT NULL, error_us INTEGER NOT NULL,
  UNIQUE (session, side, at_us, by_us)
) STRICT;
CREATE TABLE estimates (
  session INTEGER NOT NULL, number INTEGER NOT NULL, at_us REAL NOT NULL, offset_us REAL NOT NULL,
  bound_us REAL NOT NULL, frequency_ppm REAL NOT NULL, delay_us REAL NOT NULL,
  probes INTEGER NOT NULL, verdict TEXT NOT NULL, PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
`;

/** What leads from version i to version i + 1 of the file, at index i. */
export const MIGRATIONS: readonly string[] = [VERSION_1];

function numberOf(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0]);
}

/**
 * The version of a store, 0 when the file is empty.
 *
 * @throws {StoreError} `not-a-store`, `newer`
 */
export function versionOf(
  db: DatabaseSync,
  path: string,
  migrations: readonly string[] = MIGRATIONS,
): number {
  const version = numberOf(db, "PRAGMA user_version");
  if (numberOf(db, "PRAGMA application_id") !== APPLICATION_ID) {
    if (version === 0 && numberOf(db, "SELECT count(*) FROM sqlite_schema") === 0) return 0;
    throw new StoreError("not-a-store", `Cannot use ${path}: it is a database of something else`);
  }
  if (version <= migrations.length) return version;
  throw new StoreError(
    "newer",
    `Cannot use ${path}: a newer tram made it (version ${version}, known: ${migrations.length})`,
  );
}

/**
 * Makes the newest version of what is there, all or nothing.
 *
 * @throws {StoreError} `not-a-store`, `newer`
 */
export function migrate(
  db: DatabaseSync,
  path: string,
  migrations: readonly string[] = MIGRATIONS,
): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    const version = versionOf(db, path, migrations);
    for (const sql of migrations.slice(version)) db.exec(sql);
    if (version < migrations.length) {
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      db.exec(`PRAGMA user_version = ${migrations.length}`);
    }
    db.exec("COMMIT");
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** Takes a transaction back that failed; SQLite may have done so by itself. */
export function rollBack(db: DatabaseSync): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // there is none any more
  }
}
