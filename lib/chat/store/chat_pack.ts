import { StoreError } from "../../store/store_error.ts";
import type { Pack } from "../../store/write_queue.ts";
import type { ChatWrite, ChatWritten } from "./chat_request.ts";
import type { CommitRequest, WriteOutcome } from "./sqlite_chat_messages.ts";

/** Writes, or posts of them, in one transaction: some ten milliseconds of work. */
const MAX_POSTS = 2000;

interface Call {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** What goes into one transaction of a store of chat. */
export class ChatPack implements Pack<readonly WriteOutcome[]> {
  readonly #writes: ChatWrite[] = [];
  readonly #calls: Call[] = [];
  #posts = 0;

  get isFull(): boolean {
    return this.#posts >= MAX_POSTS;
  }

  /** Resolves after the commit. @throws {StoreError} */
  add<W extends ChatWrite>(write: W): Promise<ChatWritten[W["kind"]]> {
    this.#writes.push(write);
    this.#posts += write.kind === "append" ? 1 + write.posts.length : 1;
    return new Promise((resolve, reject) => this.#calls.push({ resolve, reject }));
  }

  /** What to send. */
  request(epoch: number): CommitRequest {
    return { kind: "commit", epoch, writes: this.#writes };
  }

  settle(outcomes: readonly WriteOutcome[]): void {
    for (const [i, { resolve, reject }] of this.#calls.entries()) {
      const outcome = outcomes[i] ?? { refusal: "Cannot use the store: it gave no answer" };
      if ("value" in outcome) resolve(outcome.value as never);
      else reject(new StoreError("other", outcome.refusal));
    }
  }

  fail(error: unknown): void {
    for (const { reject } of this.#calls) reject(error);
  }
}
