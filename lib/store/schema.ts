/** Whose a store in a file is, its tables, and how older files become newer ones. */
import type { DatabaseSync } from "node:sqlite";
import { rollBack } from "./roll_back.ts";
import { StoreError } from "./store_error.ts";

/** What the file of a service looks like. */
export interface StoreSchema {
  /** Number in the header of the file that says whose it is. */
  readonly applicationId: number;
  /** What leads from version i to version i + 1 of the file, at index i. */
  readonly migrations: readonly string[];
}

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
  { applicationId, migrations }: StoreSchema,
): number {
  const version = numberOf(db, "PRAGMA user_version");
  if (numberOf(db, "PRAGMA application_id") !== applicationId) {
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
export function migrate(db: DatabaseSync, path: string, schema: StoreSchema): void {
  const { applicationId, migrations } = schema;
  db.exec("BEGIN IMMEDIATE");
  try {
    const version = versionOf(db, path, schema);
    for (const sql of migrations.slice(version)) db.exec(sql);
    if (version < migrations.length) {
      db.exec(`PRAGMA application_id = ${applicationId}`);
      db.exec(`PRAGMA user_version = ${migrations.length}`);
    }
    db.exec("COMMIT");
  } catch (error) {
    rollBack(db);
    throw error;
  }
}
