import { DatabaseSync } from "node:sqlite";
import { StoreError } from "./store_error.ts";

function holder(db: DatabaseSync): string {
  try {
    db.exec("PRAGMA busy_timeout = 1000");
    const pid = Number(db.prepare("PRAGMA user_version").get()?.user_version);
    return pid === 0 ? "another process" : `process ${pid}`;
  } catch {
    return "another process";
  }
}

/**
 * Makes this process the only one that writes a store, until what it returns is closed or the
 * process ends, however that happens. A small database beside the store is locked, because the store
 * itself must stay readable for `report` and `export`; its number of version is that of the process.
 * It is left in place: a lock file that is removed can be held twice.
 *
 * @param path the store; two names of one file have to be the same here
 * @throws {StoreError} `locked`, with who has it
 */
export function lockStore(path: string): DatabaseSync {
  const name = `${path}-lock`;
  try {
    Deno.openSync(name, { write: true, createNew: true, mode: 0o600 }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  const db = new DatabaseSync(name);
  try {
    db.exec("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE");
    db.exec(`PRAGMA user_version = ${Deno.pid}; COMMIT; BEGIN IMMEDIATE`);
    return db;
  } catch (error) {
    const isHeld = error instanceof Error && /is locked/.test(error.message);
    const who = isHeld ? holder(db) : "";
    db.close();
    if (!isHeld) throw error;
    throw new StoreError("locked", `Cannot use ${path}: ${who} uses it`, { cause: error });
  }
}
