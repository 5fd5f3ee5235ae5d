import type { Clock } from "../../clock/clock.ts";
import type { Secret } from "../../transport/proofs.ts";
import type { SessionGate, SessionOwner } from "../../transport/server_handshake.ts";
import type { ChatStore, SessionRow } from "../store/chat_store.ts";

/** Rows of sessions that are being logged in; some of these never get through their handshake. */
const MAX_ROWS = 16_384;

/**
 * The door to the sessions of a store. It remembers the row of each session that is being logged in,
 * so that it is at hand when the connection is there.
 */
export class ChatSessionGate implements SessionGate {
  readonly #store: ChatStore;
  readonly #clock: Clock;
  /** By session, the one that was asked for last at the end. */
  readonly #rows = new Map<string, SessionRow>();
  /** Sessions that are being logged in on so many more connections than one. */
  readonly #more = new Map<string, number>();

  constructor(store: ChatStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async find(session: string): ReturnType<SessionGate["find"]> {
    const found = await this.#store.find(session);
    if (found === undefined) return undefined;
    const { cookie, highestSequence, ...row } = found;
    this.#remember(row);
    return { cookie, highestSequence: BigInt(highestSequence) };
  }

  async open(session: string, cookie: Secret, owner: SessionOwner): Promise<void> {
    this.#remember(await this.#store.open(session, cookie, owner, this.#clock.wallUs()));
  }

  /** The row of a session that has just logged in; it is forgotten here, unless it does so twice. */
  take(session: string): SessionRow | undefined {
    const row = this.#rows.get(session);
    const more = this.#more.get(session) ?? 0;
    if (more > 1) this.#more.set(session, more - 1);
    else this.#more.delete(session);
    if (more === 0) this.#rows.delete(session);
    return row;
  }

  /** Something has come to an inbox while its owner was on the way in. */
  noteInbox(author: number, id: number): void {
    for (const [session, row] of this.#rows) {
      if (row.author === author && id > row.inboxLast) {
        this.#rows.set(session, { ...row, inboxLast: id });
      }
    }
  }

  #remember(row: SessionRow): void {
    const { session } = row;
    if (this.#rows.delete(session)) this.#more.set(session, (this.#more.get(session) ?? 0) + 1);
    this.#rows.set(session, row);
    const [oldest] = this.#rows.keys();
    if (this.#rows.size <= MAX_ROWS || oldest === undefined) return;
    this.#rows.delete(oldest);
    this.#more.delete(oldest);
  }
}
