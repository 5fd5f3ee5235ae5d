import { StoreThread } from "../../store/store_thread.ts";
import { WriteQueue } from "../../store/write_queue.ts";
import { ChatPack } from "./chat_pack.ts";
import type { ChatFound, ChatRead, ChatWrite, ChatWritten } from "./chat_request.ts";
import type { ChatStore } from "./chat_store.ts";
import { type ChatBackend, RequestChatStore } from "./request_chat_store.ts";
import type { ChatThreadAnswers, ChatThreadRequest, WriteOutcome } from "./sqlite_chat_messages.ts";

/** Options of {@linkcode openSqliteChatStore}. */
export interface SqliteChatStoreOptions {
  /**
   * Only to read, also while a server has it open; writes reject with `read-only`.
   * @default {false}
   */
  readonly isReader?: boolean;
  /**
   * Largest size of the file in bytes; beyond it counts as a full disk.
   * @default none
   */
  readonly maxBytes?: number | undefined;
  /**
   * For how long after a failure writes are refused without trying, in milliseconds.
   * @default {500}
   */
  readonly retryMs?: number;
}

type Thread = StoreThread<ChatThreadRequest, ChatThreadAnswers>;

/**
 * Opens a store of chat in an SQLite file, or makes it; a thread of its own does what blocks. Beside
 * `path` there are `path-wal` and `path-shm` while it is open, and `path-lock`, which stays.
 *
 * @throws {StoreError} `locked`, `newer`, `not-a-store`, `read-only`, `full`, `other`
 */
export async function openSqliteChatStore(
  path: string,
  options: SqliteChatStoreOptions = {},
): Promise<ChatStore> {
  const { isReader = false, maxBytes, retryMs = 500 } = options;
  // Named in full, so that whoever makes an executable of tram finds it.
  const url = new URL("./sqlite_chat_thread.ts", import.meta.url);
  const thread: Thread = new StoreThread(new Worker(url, { type: "module" }));
  try {
    await thread.ask({ kind: "start", options: { path, isReader, maxBytes, retryMs } });
    return new RequestChatStore(new SqliteChatBackend(thread));
  } catch (error) {
    thread.terminate();
    throw error;
  }
}

class SqliteChatBackend implements ChatBackend {
  readonly #thread: Thread;
  readonly #queue: WriteQueue<ChatPack, readonly WriteOutcome[]>;

  constructor(thread: Thread) {
    this.#thread = thread;
    this.#queue = new WriteQueue({
      newPack: () => new ChatPack(),
      send: (pack, epoch) => thread.ask(pack.request(epoch)),
    });
  }

  write<W extends ChatWrite>(write: W): Promise<ChatWritten[W["kind"]]> {
    return this.#queue.pack().add(write);
  }

  read<R extends ChatRead>(read: R): Promise<ChatFound[R["kind"]]> {
    return this.#thread.ask(read);
  }

  async close(): Promise<void> {
    await this.#queue.idle();
    try {
      await this.#thread.ask({ kind: "stop" });
    } finally {
      this.#thread.terminate();
    }
  }
}
