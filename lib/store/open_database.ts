import { DatabaseSync } from "node:sqlite";
import { migrate, type StoreSchema, versionOf } from "./schema.ts";
import { StoreError } from "./store_error.ts";
import { storeFailure } from "./store_failure.ts";
import { lockStore } from "./store_lock.ts";

/** How a store in a file is opened. */
export interface DatabaseOptions {
  readonly path: string;
  /** Only to read what another process writes. */
  readonly isReader: boolean;
  /** Largest size of the file in bytes; beyond it counts as a full disk. */
  readonly maxBytes: number | undefined;
}

/** A database that is open, and what keeps other writers out. */
export interface OpenDatabase {
  readonly db: DatabaseSync;
  readonly lock: DatabaseSync | undefined;
}

/**
 * How long to wait for others that have the file for a moment, such as somebody's shell, in
 * milliseconds.
 */
const BUSY_MS = 5000;

/** Smallest page of SQLite. */
const MIN_PAGE_BYTES = 512;

/**
 * WAL with FULL: a commit is one write and one sync, and is there after a power cut. Checkpoints come
 * seldom enough that a page that many commits change is written once.
 */
const WRITER_PRAGMAS = `
PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;
PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 67108864;
`;

/**
 * Opens a store, makes it where there is none, and brings it to the newest version. Blocks.
 *
 * @throws {StoreError} why it cannot be used
 */
export function openDatabase(options: DatabaseOptions, schema: StoreSchema): OpenDatabase {
  try {
    return options.isReader ? openToRead(options.path, schema) : openToWrite(options, schema);
  } catch (error) {
    throw storeFailure("open", options.path, error);
  }
}

function openToRead(path: string, schema: StoreSchema): OpenDatabase {
  checkPath(path);
  if (!exists(path)) throw new StoreError("other", `Cannot open ${path}: there is no such store`);
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    if (versionOf(db, path, schema) === 0) {
      throw new StoreError("not-a-store", `Cannot use ${path}: it is empty`);
    }
    return { db, lock: undefined };
  } catch (error) {
    db.close();
    throw error;
  }
}

function openToWrite(options: DatabaseOptions, schema: StoreSchema): OpenDatabase {
  const { path: name, maxBytes } = options;
  checkPath(name);
  // The cookies of sessions are in it. Side files of SQLite get the rights of this one.
  if (!exists(name)) Deno.openSync(name, { write: true, createNew: true, mode: 0o600 }).close();
  const path = Deno.realPathSync(name);
  const lock = lockStore(path);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path);
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    versionOf(db, path, schema); // before anything is changed
    const mode = db.prepare("PRAGMA journal_mode = WAL").get()?.journal_mode;
    if (mode !== "wal") throw new Error(`its file system cannot do what SQLite needs (${mode})`);
    db.exec(WRITER_PRAGMAS);
    migrate(db, path, schema);
    if (maxBytes !== undefined) {
      const pageBytes = Number(db.prepare("PRAGMA page_size").get()?.page_size);
      db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / pageBytes))}`);
    }
    return { db, lock };
  } catch (error) {
    db?.close();
    lock.close();
    throw error;
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function checkPath(path: string): void {
  const folder = /^(.*)[/\\][^/\\]*$/.exec(path)?.[1];
  if (folder !== undefined && folder !== "" && !exists(folder)) {
    throw new StoreError("other", `Cannot open ${path}: there is no folder ${folder}`);
  }
  if (!exists(path)) return;
  const { isFile, size } = Deno.statSync(path);
  if (!isFile) throw new StoreError("not-a-store", `Cannot use ${path}: it is no file`);
  // What is too short for a page SQLite takes for empty, and writes over it.
  if (size > 0 && size < MIN_PAGE_BYTES) {
    throw new StoreError("not-a-store", `Cannot use ${path}: it is no store of tram`);
  }
}
