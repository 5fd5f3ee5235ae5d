// @ts-types="../../types/std_hex.d.ts"
import { encodeHex } from "@std/encoding/hex";
import type { StoreError } from "../../store/store_error.ts";
import { MemoryBackend } from "./memory_backend.ts";
import { RequestChatStore } from "./request_chat_store.ts";

/** A store that forgets everything with its process: for tests, and for `serve` without a file. */
export class MemoryChatStore extends RequestChatStore {
  readonly #backend: MemoryBackend;

  /** @param storeId 16 hexadecimal digits; made up unless given */
  constructor(storeId: string = encodeHex(crypto.getRandomValues(new Uint8Array(8)))) {
    const backend = new MemoryBackend(storeId);
    super(backend);
    this.#backend = backend;
  }

  /** While this is set, all writes reject with it. */
  get trouble(): StoreError | undefined {
    return this.#backend.trouble;
  }

  set trouble(error: StoreError | undefined) {
    this.#backend.trouble = error;
  }
}
