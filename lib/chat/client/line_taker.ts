/** Lines that come, room by room: in order, each once, none skipped; older ones where asked for. */
import { type Line, LineFlag } from "../line_codec.ts";
import type { History, Join, Page, RoomState } from "../messages.ts";
import type { ChatEvent } from "../chat_event.ts";
import type { RoomBook } from "./room_book.ts";
import { INBOX, type SeenIds, type SeenMark } from "./seen_ids.ts";

/** What a {@linkcode LineTaker} works with. */
export interface LineTakerOptions {
  readonly seen: SeenIds;
  readonly book: RoomBook;
  /** How many of the last lines of a room to ask for that was never seen. */
  readonly last: number;
  readonly emit: (event: ChatEvent, mark?: SeenMark) => void;
  readonly sendJoin: (join: Join) => void;
  /** Whether somebody's lines are not to be shown. */
  readonly isIgnored: (author: number) => boolean;
}

/** Decides what becomes of each LINE, ROOM and PAGE. Knows no sockets. */
export class LineTaker {
  readonly #options: LineTakerOptions;

  constructor(options: LineTakerOptions) {
    this.#options = options;
  }

  /** JOIN for a room, or for the inbox: what was not seen of it follows. */
  joinFor(room: string): Join {
    const { last } = this.#options;
    const after = this.#knownOf(room);
    return after === undefined ? { room, last } : { room, after };
  }

  /**
   * Whether own lines for a place can be shown for sure once they are sent: the next connection asks
   * for what follows a known id then, not just for the last lines.
   */
  isKnown(where: string): boolean {
    return this.#knownOf(where.startsWith("@") ? INBOX : where) !== undefined;
  }

  /** HISTORY for lines that are older than those shown; they will be taken for such. */
  historyFor(name: string, limit: number): History {
    const { book, seen } = this.#options;
    const room = book.room(name);
    const before = room.oldest > 0 ? room.oldest : (seen.after(name) ?? 0) + 1;
    room.wantsHistory = true;
    return { room: name, before, limit };
  }

  /** A new connection: what was asked for on the last one will not come. */
  reset(): void {
    for (const room of this.#options.book.all()) {
      room.wantsHistory = false;
      room.isHealing = false;
    }
  }

  /** LINE. @param me the number of this session */
  line(line: Line, me: number): void {
    const { seen, book, emit, isIgnored } = this.#options;
    const name = (line.flags & LineFlag.Private) === 0 ? line.where : INBOX;
    const room = book.room(name);
    const isOwn = line.author === me;
    const isOld = (line.flags & LineFlag.Replayed) !== 0 && room.wantsHistory &&
      line.id <= (seen.after(name) ?? 0);
    if (!isOld) {
      const taken = seen.take(name, line.id);
      if (taken === "repeat") return;
      if (taken === "gap") return this.#heal(name, line.id);
    }
    if (line.author !== 0) book.spoke(line.author, line.nick);
    // Servers do not announce those who come back after their restart.
    if ((line.flags & LineFlag.Replayed) === 0 && name !== INBOX) book.isHere(name, line);
    if (room.oldest === 0 || line.id < room.oldest) room.oldest = line.id;
    if (!isOwn && isIgnored(line.author)) return;
    const isMaybeSeen = !isOld && seen.isMaybeSeen(name, line.id);
    const mark = { storeId: seen.storeId, room: name, id: line.id };
    emit({ type: "line", isOwn, isMaybeSeen, ...line }, isOld ? undefined : mark);
  }

  /** ROOM, before the lines that follow it. */
  room({ room, last }: RoomState): void {
    const { seen, book } = this.#options;
    const received = seen.after(room);
    if (received === undefined) {
      const id = this.#knownOf(room) ?? Math.max(0, last - this.#options.last);
      book.room(room).before = { storeId: seen.storeId, id };
    }
    if (received === undefined || last >= received) return;
    this.#complain(`The server has lost lines of ${nameOf(room)}: it had ${received}, has ${last}`);
    seen.anchor(room, last);
  }

  /** PAGE, after them. @param lastOfRoom what ROOM said, for a page of a JOIN */
  page({ room: name, to, first }: Page, lastOfRoom: number | undefined): void {
    const { seen, book, sendJoin } = this.#options;
    const room = book.room(name);
    if (to === "history") {
      room.wantsHistory = false;
      return;
    }
    if (seen.after(name) === undefined) seen.anchor(name, lastOfRoom ?? 0);
    if (!room.isHealing) return;
    room.isHealing = false;
    if (first > (seen.after(name) ?? 0) + 1) {
      // Still not there: the server does not have them, and what it has is taken.
      seen.anchor(name, first - 1);
      sendJoin({ room: name, after: first - 1 });
    } else if (first === 0) seen.forget(name);
  }

  /** What follows this id is to be shown; `undefined`: the server has not said how far a room is. */
  #knownOf(room: string): number | undefined {
    const { seen, book } = this.#options;
    const before = book.find(room)?.before;
    return seen.after(room) ?? (before?.storeId === seen.storeId ? before?.id : undefined);
  }

  #heal(name: string, id: number): void {
    const { seen, book, sendJoin } = this.#options;
    const room = book.room(name);
    if (room.isHealing) return; // it will come with the others
    room.isHealing = true;
    const received = seen.after(name) ?? 0;
    const missing = id - received - 1;
    const what = missing === 1 ? `line ${received + 1}` : `lines ${received + 1} to ${id - 1}`;
    this.#complain(`The server left out ${what} of ${nameOf(name)}; asking for what is missing`);
    sendJoin({ room: name, after: received });
  }

  #complain(line: string): void {
    this.#options.emit({ type: "local", lines: [line], isError: true });
  }
}

function nameOf(room: string): string {
  return room === INBOX ? "the private messages" : room;
}
