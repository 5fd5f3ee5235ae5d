/** Stores of chat in temporary folders. */
import type { ChatStore } from "../../../lib/chat/store/chat_store.ts";
import {
  openSqliteChatStore,
  type SqliteChatStoreOptions,
} from "../../../lib/chat/store/sqlite_chat_store.ts";
import { TempFolder } from "./temp_folder.ts";

/** A store whose folder goes with it. */
export async function openTemporaryChat(options?: SqliteChatStoreOptions): Promise<ChatStore> {
  const folder = new TempFolder();
  const store = await openSqliteChatStore(`${folder.path}/chat.sqlite`, options);
  const close = store[Symbol.asyncDispose].bind(store);
  let closing: Promise<void> | undefined;
  const closeBoth = async () => {
    await close();
    await folder[Symbol.asyncDispose]();
  };
  store[Symbol.asyncDispose] = () => closing ??= closeBoth();
  return store;
}
