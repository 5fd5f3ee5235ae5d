/** Who comes in, on which connection, and what becomes of those whose connection is over. */
import type { Clock, Timer } from "../../clock/clock.ts";
import type { CloseReport } from "../../transport/close_report.ts";
import type { Connection } from "../../transport/connection.ts";
import { LineError, LineErrorCode } from "../../transport/line_error.ts";
import { type ChatKinds, chatService } from "../protocol.ts";
import type { ChatStore, Identity, SessionRow } from "../store/chat_store.ts";
import { Guest } from "./guest.ts";
import type { Hall } from "./hall.ts";
import type { Homecoming } from "./homecoming.ts";
import { ChatMember } from "./member.ts";
import type { Moderator } from "./moderator.ts";
import { identityOf, type NameBook } from "./name_book.ts";
import type { NickDesk } from "./nick_desk.ts";
import type { Presence } from "./presence.ts";
import { refusalAtDoor } from "./refusal_at_door.ts";
import type { Refusals } from "./refusals.ts";
import type { ChatSessionGate } from "./session_gate.ts";
import type { Shutdown } from "./shutdown.ts";

const { kinds } = chatService;

/** How members say goodbye who do not come back at once. */
const LEAVING_CODES: ReadonlySet<string> = new Set(["quit", "done"]);

/** How often those who stay are noted as seen: a server that is killed notes nobody, in milliseconds. */
const NOTE_SEEN_MS = 6 * 3_600_000;

/** What a {@linkcode Reception} works with. */
export interface ReceptionParts {
  readonly clock: Clock;
  readonly store: Pick<ChatStore, "noteSeen">;
  readonly hall: Hall;
  readonly names: NameBook;
  readonly nicks: NickDesk;
  readonly presence: Presence;
  readonly gate: ChatSessionGate;
  readonly moderation: Moderator;
  readonly shutdown: Shutdown;
  /** While it is on, nobody who comes back is too fast. */
  readonly homecoming: Homecoming;
  readonly refusals: Refusals;
  /** Lines per second that are taken of one member; 0: no limit. */
  readonly pace: number;
  /** Tells a member who it is. */
  readonly sayWho: (member: ChatMember) => void;
  /** Told that a connection of a member is over. */
  readonly onGone: (member: ChatMember) => void;
  readonly onTrouble: (error: unknown) => void;
}

/** Lets clients in and sees them off. */
export class Reception implements Disposable {
  /** Nobody comes in any more, and nobody is told who goes. */
  isClosed = false;
  readonly #parts: ReceptionParts;
  #seenTimer: Timer | undefined;

  constructor(parts: ReceptionParts) {
    this.#parts = parts;
  }

  /** The last word on who comes in, by what is known before the session is. @throws {LineError} */
  admit(tokenName: string): void {
    const { shutdown, moderation } = this.#parts;
    if (shutdown.isNear || this.isClosed) {
      throw new LineError(LineErrorCode.ShuttingDown, "The server goes down; try again later");
    }
    const refusal = tokenName === "" ? undefined : moderation.admit(identityOf(0, tokenName));
    if (refusal !== undefined) throw refusal;
  }

  /** Takes a client in that has logged in; or says why not. */
  enter(connection: Connection<ChatKinds>): ChatMember | LineError {
    const row = this.#parts.gate.take(connection.terms.session);
    if (row === undefined) throw new Error("Cannot find the session that has just logged in");
    const identity = identityOf(row.author, connection.terms.tokenName);
    const { moderation } = this.#parts;
    const refusal = refusalAtDoor((each) => moderation.admit(each), row, identity);
    if (refusal !== undefined) return refusal;
    const member = this.#arrive(this.#guestOf(row, connection, identity), row, connection);
    member.onCut = () => this.#leave(member);
    connection.onGoodbye = ({ code, message }) => {
      if (!LEAVING_CODES.has(code)) return;
      member.hasSaidGoodbye = true;
      member.partReason ??= message === "" ? "quit" : `quit: ${message}`;
    };
    connection.closed.then((report) => this.#left(member, report));
    return member;
  }

  /** Notes nobody any more. */
  [Symbol.dispose](): void {
    this.isClosed = true;
    this.#seenTimer?.cancel();
  }

  /** Their names are theirs for a week from then on, also if they are not here when the server is back. */
  #noteSeenLater(): void {
    const { clock, hall, store, onTrouble } = this.#parts;
    this.#seenTimer ??= clock.after(NOTE_SEEN_MS, () => {
      this.#seenTimer = undefined;
      const nowUs = clock.wallUs();
      let isAnybodyHere = false;
      for (const { author, member } of hall.guests.values()) {
        if (member === undefined) continue;
        isAnybodyHere = true;
        store.noteSeen(author, nowUs).catch(onTrouble);
      }
      if (isAnybodyHere) this.#noteSeenLater();
    });
  }

  #guestOf(row: SessionRow, { terms }: Connection<ChatKinds>, identity: Identity): Guest {
    const { author, session, inboxLast } = row;
    const { guests } = this.#parts.hall;
    const sequence = Number(terms.highestSequence);
    const guest = guests.get(author) ??
      new Guest(author, session, { identity, inboxLast, sequence });
    guest.identity = identity;
    guest.inboxLast = Math.max(guest.inboxLast, inboxLast);
    guests.set(author, guest);
    return guest;
  }

  #arrive(guest: Guest, row: SessionRow, connection: Connection<ChatKinds>): ChatMember {
    const { clock, pace, names, nicks, presence, shutdown, homecoming, sayWho } = this.#parts;
    const { refusals } = this.#parts;
    const nowUs = clock.wallUs();
    const wasAway = connection.terms.resumed && guest.member === undefined;
    const seenUs = names.of(guest.author)?.seenUs ?? row.seenUs;
    const awayMs = !wasAway ? 0 : homecoming.isOn ? Infinity : Math.max(0, nowUs - seenUs) / 1000;
    this.#stopListening(guest);
    const member = new ChatMember(connection, guest, nowUs, { clock, perSecond: pace }, awayMs);
    guest.member = member;
    this.#noteSeenLater();
    const otherName = nicks.greet(guest, connection.terms.clientId);
    sayWho(member);
    for (const refusal of refusals.again(guest.author)) member.send(kinds.refused, refusal);
    if (otherName !== undefined) member.tell({ code: "nick-changed", message: otherName });
    const { notice } = shutdown;
    if (notice !== undefined) member.tell(notice);
    presence.back(guest);
    return member;
  }

  #left(member: ChatMember, { code, by }: CloseReport): void {
    if (code === LineErrorCode.SlowReader && by === "here") {
      member.partReason ??= "cut: it reads too slowly";
    }
    this.#leave(member);
  }

  /** A connection is over, or as good as. */
  #leave(member: ChatMember): void {
    const { clock, store, names, presence, refusals, onGone, onTrouble } = this.#parts;
    const { guest, partReason } = member;
    member.pace.stop();
    onGone(member);
    if (guest.member !== member) return; // another connection has the session, or it is known
    guest.member = undefined;
    refusals.lost(guest.author);
    this.#stopListening(guest);
    const nowUs = clock.wallUs();
    const name = names.of(guest.author);
    if (name !== undefined) name.seenUs = nowUs;
    store.noteSeen(guest.author, nowUs).catch(onTrouble);
    if (this.isClosed) return;
    if (partReason === undefined) return presence.lost(guest);
    presence.stop(guest);
    presence.leaveAll(guest, partReason);
  }

  /** No room sends it anything until it asks again, on its next connection. */
  #stopListening(guest: Guest): void {
    guest.inbox.stop();
    for (const room of guest.rooms) this.#parts.hall.seat(guest, room)?.stop();
  }
}
