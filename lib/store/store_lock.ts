import type { DatabaseSync } from "node:sqlite";
import { LockedError, lockFile } from "./lock_file.ts";
import { StoreError } from "./store_error.ts";

/**
 * Makes this process the only one that writes a store, until what it returns is closed or the
 * process ends. A file beside the store is locked, because the store itself must stay readable for
 * `report` and `export`.
 *
 * @param path the store; two names of one file have to be the same here
 * @throws {StoreError} `locked`, with who has it
 */
export function lockStore(path: string): DatabaseSync {
  try {
    return lockFile(`${path}-lock`);
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    const message = `Cannot use ${path}: ${error.holder} uses it`;
    throw new StoreError("locked", message, { cause: error });
  }
}
