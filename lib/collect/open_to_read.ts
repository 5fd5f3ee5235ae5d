import { UsageError } from "../config/usage_error.ts";
import type { TramContext } from "../context.ts";
import type { CollectStore } from "./store/collect_store.ts";
import { StoreError } from "../store/store_error.ts";

/**
 * Opens a store to read it, also while a server uses it.
 *
 * @throws {UsageError} when there is no store of that name
 * @throws {StoreError} when there is one that cannot be read
 */
export async function openToRead(context: TramContext, path: string): Promise<CollectStore> {
  if (path === ":memory:") {
    throw new UsageError("Cannot read :memory: from another process: wanted the file of a store");
  }
  try {
    return await context.openCollectStore(path, true);
  } catch (error) {
    const isElsewhere = error instanceof StoreError &&
      (error.code === "other" || error.code === "not-a-store");
    if (!isElsewhere) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}
