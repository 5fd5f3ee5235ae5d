/** Stores in temporary folders. */
import type { CollectStore } from "../../../lib/collect/store/collect_store.ts";
import {
  openSqliteStore,
  type SqliteStoreOptions,
} from "../../../lib/collect/store/sqlite_store.ts";
import { TempFolder } from "./temp_folder.ts";

/** A store whose folder goes with it. */
export async function openTemporary(options?: SqliteStoreOptions): Promise<CollectStore> {
  const folder = new TempFolder();
  const store = await openSqliteStore(`${folder.path}/store.db`, options);
  const close = store[Symbol.asyncDispose].bind(store);
  let closing: Promise<void> | undefined;
  store[Symbol.asyncDispose] = () => closing ??= close().then(() => folder[Symbol.asyncDispose]());
  return store;
}
