/** JOIN, LEAVE and HISTORY: who is in which room, and what they get of it. */
import type { Clock } from "../../clock/clock.ts";
import { cutToBytes } from "../../terminal/cut_to_bytes.ts";
import { LineErrorCode } from "../../transport/line_error.ts";
import { MAX_ANNOUNCED, MAX_ROOMS, MAX_UNCOMMITTED } from "../limits.ts";
import { LineFlag } from "../line_codec.ts";
import type { History, Join, Leave, Who } from "../messages.ts";
import { parseRoom } from "../nick/parse_room.ts";
import { chatService } from "../protocol.ts";
import type { ChatStore, InboxLine, StoredLine } from "../store/chat_store.ts";
import { catchUp, type Feed, sendHistory } from "./catch_up.ts";
import type { Follower } from "./follower.ts";
import type { Guest } from "./guest.ts";
import type { Hall } from "./hall.ts";
import type { ChatMember } from "./member.ts";
import type { Presence } from "./presence.ts";
import { type Room, Seat } from "./room.ts";

const { kinds } = chatService;

/** Name of one's own inbox. */
const INBOX = "@";

/** Lines that somebody gets who does not say how many. */
const DEFAULT_LAST = 50;

/** Of how many members operators are looked for. */
const MAX_LOOKED_AT = 4 * MAX_ANNOUNCED;

/** Pages that one member may wait for. */
const MAX_ASKING = 16;

/** Of a reason, what others get: with our words before it, and 256 of them in a frame, it must fit. */
const MAX_REASON_BYTES = 500;

/** What a {@linkcode RoomDesk} works with. */
export interface RoomDeskParts {
  readonly clock: Clock;
  readonly store: Pick<ChatStore, "linesAfter" | "linesBefore" | "inboxAfter" | "inboxBefore">;
  readonly hall: Hall;
  readonly presence: Presence;
  readonly whoOf: (guest: Guest) => Who;
  /** Told when the store cannot be read. */
  readonly onTrouble: (error: unknown) => void;
}

/** Lets members into rooms. */
export class RoomDesk {
  readonly #parts: RoomDeskParts;

  constructor(parts: RoomDeskParts) {
    this.#parts = parts;
  }

  /** Enters a room, or comes back to one, and sends what was missed. */
  join(member: ChatMember, wish: Join): void {
    const { guest } = member;
    if (wish.room === INBOX) {
      member.send(kinds.room, {
        room: INBOX,
        members: [],
        memberCount: 0,
        last: guest.inboxLast,
      });
      return this.#follow(member, guest.inbox, this.#inboxOf(guest), wish);
    }
    const parsed = parseRoom(wish.room);
    if ("error" in parsed) return refuse(member, wish.room, parsed.error);
    if (!guest.rooms.has(parsed.room) && guest.rooms.size >= MAX_ROOMS) {
      const message =
        `Cannot enter ${parsed.room}: you are in ${MAX_ROOMS} rooms, which is the most`;
      return refuse(member, parsed.room, message);
    }
    const { hall } = this.#parts;
    if (hall.isFull && !hall.rooms.has(parsed.room)) {
      const message = `Cannot open ${parsed.room}: there are ${hall.rooms.size} rooms already`;
      return refuse(member, parsed.room, message);
    }
    const room = hall.room(parsed.room);
    const seat = room.seats.get(guest.author) ?? this.#enter(member, room);
    seat.knownEvents = room.events.length;
    member.send(kinds.room, {
      room: room.name,
      members: this.#listed(room),
      memberCount: room.seats.size,
      last: room.last,
    });
    this.#follow(member, seat, this.#feedOf(room), wish);
  }

  /** Goes out of a room. */
  leave(member: ChatMember, { room: name, reason = "" }: Leave): void {
    if (name === INBOX) return member.guest.inbox.stop();
    const parsed = parseRoom(name);
    const room = "room" in parsed ? this.#parts.hall.rooms.get(parsed.room) : undefined;
    if (room === undefined || !member.guest.rooms.has(room.name)) return;
    const why = cutToBytes(reason, MAX_REASON_BYTES);
    this.#parts.presence.leave(member.guest, room, why === "" ? "left" : `left: ${why}`);
  }

  /** Sends a page of older lines. */
  history(member: ChatMember, { room: name, before, limit }: History): void {
    const { connection, guest } = member;
    const { store, hall } = this.#parts;
    const parsed = name === INBOX ? undefined : parseRoom(name);
    if (parsed !== undefined && "error" in parsed) return refuse(member, name, parsed.error);
    const room = parsed && hall.seat(guest, parsed.room) && hall.rooms.get(parsed.room);
    if (parsed !== undefined && room === undefined) {
      const message = `Cannot show what was said in ${parsed.room}: you are not there`;
      return refuse(member, parsed.room, message);
    }
    if (++member.asking > MAX_ASKING) return member.flood(member.asking, "questions");
    const { turns } = member;
    const sent = room === undefined
      ? sendHistory(
        { connection, turns, feed: this.#inboxOf(guest) },
        () => store.inboxBefore(guest.author, before, limit),
      )
      : sendHistory(
        { connection, turns, feed: this.#feedOf(room) },
        () => store.linesBefore(room.name, before, limit),
      );
    sent.catch((error) => {
      this.#parts.onTrouble(error);
      connection.abort(LineErrorCode.Overloaded, "Cannot read what was said: the store fails");
    }).then(() => member.asking--);
  }

  #enter({ guest, connection }: ChatMember, room: Room): Seat {
    const seat = new Seat(guest);
    room.seats.set(guest.author, seat);
    guest.rooms.add(room.name);
    this.#parts.presence.enter(guest, room, connection.terms.resumed);
    return seat;
  }

  #follow<T extends StoredLine>(
    member: ChatMember,
    follower: Follower,
    feed: Feed<T>,
    { after, last = DEFAULT_LAST }: Join,
  ): void {
    follower.reached = after === undefined
      ? Math.max(0, feed.last() - last)
      : Math.min(after, feed.last());
    const { connection, turns } = member;
    if (turns.size >= MAX_UNCOMMITTED) return member.flood(turns.size, "questions");
    const { onTrouble } = this.#parts;
    catchUp({ connection, turns, feed }, follower, this.#parts).catch((error) => {
      onTrouble(error);
      connection.abort(LineErrorCode.Internal, "Cannot send what was said");
    });
  }

  /** Who is there: up to {@linkcode MAX_ANNOUNCED}, operators first. */
  #listed(room: Room): readonly Who[] {
    const operators: Who[] = [];
    const others: Who[] = [];
    let looked = 0;
    for (const { guest } of room.seats.values()) {
      const who = this.#parts.whoOf(guest);
      (who.isOperator ? operators : others).push(who);
      if (++looked === MAX_LOOKED_AT) break;
    }
    return [...operators, ...others].slice(0, MAX_ANNOUNCED);
  }

  #feedOf(room: Room): Feed<StoredLine> {
    return {
      room: room.name,
      last: () => room.last,
      recent: (after) => room.ring.after(after),
      read: (after, limit) => this.#parts.store.linesAfter(room.name, after, limit),
      line: (stored) => ({ ...stored, flags: LineFlag.Replayed, where: room.name }),
    };
  }

  #inboxOf(guest: Guest): Feed<InboxLine> {
    return {
      room: INBOX,
      last: () => guest.inboxLast,
      recent: () => undefined,
      read: (after, limit) => this.#parts.store.inboxAfter(guest.author, after, limit),
      line: ({ isSent, with: other, ...stored }) => ({
        ...stored,
        flags: LineFlag.Private | LineFlag.Replayed | (isSent ? LineFlag.Sent : 0),
        where: `@${other}`,
      }),
    };
  }
}

function refuse(member: ChatMember, room: string, message: string): void {
  member.tell({ code: "room-refused", message, room });
}
