/** A store in memory whose commits wait for the test. */
import type {
  ChatFound,
  ChatRead,
  ChatWrite,
  ChatWritten,
} from "../../../lib/chat/store/chat_request.ts";
import { MemoryBackend } from "../../../lib/chat/store/memory_backend.ts";
import { type ChatBackend, RequestChatStore } from "../../../lib/chat/store/request_chat_store.ts";

class HeldBackend implements ChatBackend {
  readonly memory = new MemoryBackend("0123456789abcdef");
  gate = Promise.resolve();
  open: (() => void) | undefined;

  /** All of them wait, so that they stay in order. */
  async write<W extends ChatWrite>(write: W): Promise<ChatWritten[W["kind"]]> {
    await this.gate;
    return await this.memory.write(write);
  }

  read<R extends ChatRead>(read: R): Promise<ChatFound[R["kind"]]> {
    return this.memory.read(read);
  }

  async close(): Promise<void> {
    await this.gate;
    await this.memory.close();
  }
}

/** A store in memory whose commits wait for the test. */
export class HeldChatStore extends RequestChatStore {
  readonly #backend: HeldBackend;

  constructor() {
    const backend = new HeldBackend();
    super(backend);
    this.#backend = backend;
  }

  /** From now on nothing is committed. */
  hold(): void {
    if (this.#backend.open !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#backend.gate = promise;
    this.#backend.open = resolve;
  }

  /** Commits what waits, in order, and goes on. */
  release(): void {
    this.#backend.open?.();
    this.#backend.open = undefined;
  }

  /** While this is set, writes that are committed now reject with it. */
  set trouble(error: MemoryBackend["trouble"]) {
    this.#backend.memory.trouble = error;
  }
}
