import { StoreError } from "../../store/store_error.ts";
import type { Secret } from "../../transport/proofs.ts";
import type { SessionOwner } from "../../transport/server_handshake.ts";
import type { ChatFound, ChatRead, ChatWrite, ChatWritten } from "./chat_request.ts";
import type {
  ChatSnapshot,
  ChatStore,
  InboxLine,
  LinePage,
  ModerationEntry,
  Post,
  Posted,
  ProvableSession,
  SessionRow,
  StoredLine,
} from "./chat_store.ts";
import { checkRequest } from "./check_request.ts";

/** Does what a store is asked for, wherever it keeps it. */
export interface ChatBackend {
  /** Commits a write, after all that were called before. @throws {StoreError} */
  write<W extends ChatWrite>(write: W): Promise<ChatWritten[W["kind"]]>;
  /** Reads what was committed. @throws {StoreError} */
  read<R extends ChatRead>(read: R): Promise<ChatFound[R["kind"]]>;
  /** Waits for what was called before, then lets go of everything. */
  close(): Promise<void>;
}

/** A store of chat whose methods are requests to a backend. */
export class RequestChatStore implements ChatStore {
  readonly #backend: ChatBackend;
  /** The last call; those before it settle first. */
  #newest: Promise<unknown> | undefined;
  #closing: Promise<void> | undefined;

  constructor(backend: ChatBackend) {
    this.#backend = backend;
  }

  load(): Promise<ChatSnapshot> {
    return this.#read({ kind: "load" });
  }

  find(session: string): Promise<ProvableSession | undefined> {
    return this.#read({ kind: "find", session });
  }

  open(session: string, secret: Secret, owner: SessionOwner, atUs: number): Promise<SessionRow> {
    const { clientId, tokenName } = owner;
    const cookie = secret.slice();
    return this.#write({ kind: "open", session, cookie, clientId, tokenName, atUs });
  }

  append(posts: readonly Post[]): Promise<readonly Posted[]> {
    return this.#write({ kind: "append", posts: [...posts] });
  }

  appendRelay(pair: number, events: readonly string[]): Promise<number> {
    return this.#write({ kind: "relay", pair, events: [...events] });
  }

  endPair(pair: number): Promise<void> {
    return this.#write({ kind: "end-pair", pair });
  }

  pairs(): Promise<readonly { readonly pair: number; readonly events: number }[]> {
    return this.#read({ kind: "pairs" });
  }

  relayEvents(pair: number): Promise<readonly string[]> {
    return this.#read({ kind: "relay-events", pair });
  }

  linesAfter(room: string, id: number, limit: number): Promise<LinePage<StoredLine>> {
    return this.#read({ kind: "lines", room, range: { side: "after", id, limit } });
  }

  linesBefore(room: string, id: number, limit: number): Promise<LinePage<StoredLine>> {
    return this.#read({ kind: "lines", room, range: { side: "before", id, limit } });
  }

  inboxAfter(author: number, id: number, limit: number): Promise<LinePage<InboxLine>> {
    return this.#read({ kind: "inbox", author, range: { side: "after", id, limit } });
  }

  inboxBefore(author: number, id: number, limit: number): Promise<LinePage<InboxLine>> {
    return this.#read({ kind: "inbox", author, range: { side: "before", id, limit } });
  }

  setNick(author: number, nick: string, atUs: number): Promise<void> {
    return this.#write({ kind: "nick", author, nick, atUs });
  }

  noteSeen(author: number, atUs: number): Promise<void> {
    return this.#write({ kind: "seen", author, atUs });
  }

  moderate(entry: ModerationEntry): Promise<void> {
    return this.#write({ kind: "moderate", entry: { ...entry } });
  }

  moderationLog(limit: number): Promise<readonly ModerationEntry[]> {
    return this.#read({ kind: "log", limit });
  }

  /** Waits for what was called before, then lets go of the store. Later calls reject. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#backend.close(), Promise.allSettled([this.#newest])]);
  }

  #write<W extends ChatWrite>(write: W): Promise<ChatWritten[W["kind"]]> {
    return this.#call(write, () => this.#backend.write(write));
  }

  #read<R extends ChatRead>(read: R): Promise<ChatFound[R["kind"]]> {
    return this.#call(read, () => this.#backend.read(read));
  }

  #call<T>(request: ChatWrite | ChatRead, run: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) {
      return Promise.reject(new StoreError("other", "Cannot use the store: it is closed"));
    }
    try {
      checkRequest(request);
    } catch (error) {
      return Promise.reject(error);
    }
    const result = run();
    this.#newest = result;
    return result;
  }
}
