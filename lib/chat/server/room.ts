import type { PresenceEvent } from "../messages.ts";
import { MAX_ANNOUNCED } from "../limits.ts";
import type { StoredLine } from "../store/chat_store.ts";
import { Follower } from "./follower.ts";
import type { Guest } from "./guest.ts";
import { LineRing } from "./line_ring.ts";

/** Somebody's place in a room. */
export class Seat extends Follower {
  /** How many of the room's events of this turn it knows from ROOM. */
  knownEvents = 0;

  constructor(readonly guest: Guest) {
    super();
  }
}

/** A room: who is in it, and what was said last. */
export class Room {
  /** By author. */
  readonly seats = new Map<number, Seat>();
  readonly ring = new LineRing();
  /** Who came and went in this turn, and nobody was told yet. */
  events: PresenceEvent[] = [];
  /** Lines of the commit that is being answered. */
  fresh: StoredLine[] = [];

  /** @param last id of the last line that is committed */
  constructor(readonly name: string, public last: number) {}

  /** In a crowd nobody is told who comes and goes. */
  get isQuiet(): boolean {
    return this.seats.size > MAX_ANNOUNCED;
  }
}
