import type { StoreError } from "../../store/store_error.ts";
import type { ChatFound, ChatRead, ChatWrite, ChatWritten } from "./chat_request.ts";
import { MemoryTables } from "./memory_tables.ts";
import type { ChatBackend } from "./request_chat_store.ts";

/** Does what a store of chat is asked for in memory. */
export class MemoryBackend implements ChatBackend {
  /** While this is set, all writes reject with it. */
  trouble: StoreError | undefined;
  readonly #tables: MemoryTables;

  constructor(storeId: string) {
    this.#tables = new MemoryTables(storeId);
  }

  /** Runs at once, so that the order of the calls is the order of what happens. */
  write<W extends ChatWrite>(write: W): Promise<ChatWritten[W["kind"]]> {
    return new Promise((resolve) => {
      if (this.trouble !== undefined) throw this.trouble;
      resolve(this.#tables.write(write) as ChatWritten[W["kind"]]);
    });
  }

  read<R extends ChatRead>(read: R): Promise<ChatFound[R["kind"]]> {
    return Promise.resolve(this.#tables.read(read) as ChatFound[R["kind"]]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
