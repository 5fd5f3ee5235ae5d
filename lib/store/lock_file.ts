import { DatabaseSync } from "node:sqlite";

/** Another process holds a lock. */
export class LockedError extends Error {
  override name = "LockedError";
  /** Who holds it: `process 4711`, or `another process`. */
  readonly holder: string;

  constructor(holder: string, options?: ErrorOptions) {
    super(`${holder} holds the lock`, options);
    this.holder = holder;
  }
}

function holderOf(db: DatabaseSync): string {
  try {
    db.exec("PRAGMA busy_timeout = 1000");
    const pid = Number(db.prepare("PRAGMA user_version").get()?.user_version);
    return pid === 0 ? "another process" : `process ${pid}`;
  } catch {
    return "another process";
  }
}

/**
 * Makes this process the only one that holds the lock `name`, until what it returns is closed or the
 * process ends, however that happens. The file is a small database that is locked; its number of version
 * is that of the process. It is left in place: a lock file that is removed can be held twice.
 *
 * @throws {LockedError} with who has it
 * @throws {Error} when the file cannot be made or locked
 */
export function lockFile(name: string): DatabaseSync {
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
    const holder = isHeld ? holderOf(db) : "";
    db.close();
    if (!isHeld) throw error;
    throw new LockedError(holder, { cause: error });
  }
}
