/** Rooms that a client is in, who is there, and who is who. Takes no time and knows no sockets. */
import { MAX_ANNOUNCED } from "../limits.ts";
import type { PresenceEvent, RoomState, Who } from "../messages.ts";

/** Names that are remembered for completion and `!ignore`, beyond those who are in a room. */
const MAX_SPEAKERS = 1000;

/** A room that the client is in. */
export interface RoomView {
  readonly name: string;
  /** By author; large rooms list only some. */
  readonly members: Map<number, Who>;
  memberCount: number;
  /** What is asked for of a room that was never seen comes after this id; set when ROOM has come. */
  before?: { readonly storeId: string; readonly id: number };
  /** Oldest id that was shown in this process; 0: none. */
  oldest: number;
  /** Older lines were asked for, and have not all come. */
  wantsHistory: boolean;
  /** Lines were missing, and were asked for again. */
  isHealing: boolean;
}

/** All that is known of rooms and people. */
export class RoomBook {
  readonly #rooms = new Map<string, RoomView>();
  readonly #speakers = new Map<string, Who>();

  /** The room; it is made when it is not known. */
  room(name: string): RoomView {
    const known = this.#rooms.get(name);
    if (known !== undefined) return known;
    const room: RoomView = {
      name,
      members: new Map(),
      memberCount: 0,
      oldest: 0,
      wantsHistory: false,
      isHealing: false,
    };
    this.#rooms.set(name, room);
    return room;
  }

  /** The room, if it is known. */
  find(name: string): RoomView | undefined {
    return this.#rooms.get(name);
  }

  /** All that are known. */
  all(): IterableIterator<RoomView> {
    return this.#rooms.values();
  }

  /** Forgets a room. */
  remove(name: string): void {
    this.#rooms.delete(name);
  }

  /** Who is in a room, as the server says. */
  entered({ room: name, members, memberCount }: RoomState): RoomView {
    const room = this.room(name);
    room.members.clear();
    for (const who of members) room.members.set(who.author, who);
    room.memberCount = memberCount;
    return room;
  }

  /** Somebody came, went, or changed. */
  changed({ room: name, what, author, nick, isOperator }: PresenceEvent): void {
    const room = this.#rooms.get(name);
    if (room === undefined) return;
    if (what === "left") {
      if (room.members.delete(author)) room.memberCount--;
      return;
    }
    if (what === "joined" && !room.members.has(author)) room.memberCount++;
    room.members.set(author, { author, nick, isOperator, isAway: what === "away" });
  }

  /** Somebody said something. */
  spoke(author: number, nick: string): void {
    this.#speakers.delete(folded(nick)); // the newest stand last
    this.#speakers.set(folded(nick), { author, nick });
    for (const oldest of this.#speakers.keys()) {
      if (this.#speakers.size <= MAX_SPEAKERS) break;
      this.#speakers.delete(oldest);
    }
  }

  /** Somebody who says something in a room is in it. */
  isHere(name: string, { author, nick }: { readonly author: number; readonly nick: string }): void {
    const room = this.#rooms.get(name);
    // Of a large room not all are known, and the server's count is the better one.
    if (room === undefined || author === 0 || room.memberCount >= MAX_ANNOUNCED) return;
    if (room.members.has(author)) return;
    room.members.set(author, { author, nick });
    room.memberCount++;
  }

  /** Somebody by name, as far as they are known here. */
  who(nick: string): Who | undefined {
    for (const { members } of this.#rooms.values()) {
      for (const who of members.values()) if (folded(who.nick) === folded(nick)) return who;
    }
    return this.#speakers.get(folded(nick));
  }

  /** Names of everybody who is known here: members first, then the newest speakers. */
  nicks(): string[] {
    const members = [...this.#rooms.values()].flatMap(({ members }) => [...members.values()]);
    const speakers = [...this.#speakers.values()].reverse();
    return [...new Set([...members, ...speakers].map(({ nick }) => nick))];
  }
}

function folded(nick: string): string {
  return nick.normalize("NFKC").toLowerCase();
}
