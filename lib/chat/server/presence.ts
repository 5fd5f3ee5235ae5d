import type { Clock } from "../../clock/clock.ts";
import { turn } from "../../clock/turn.ts";
import { FrameBatch } from "../../transport/frame_batch.ts";
import { MAX_ANNOUNCED } from "../limits.ts";
import type { PresenceEvent, Who } from "../messages.ts";
import { chatService } from "../protocol.ts";
import type { Guest } from "./guest.ts";
import type { Hall } from "./hall.ts";
import type { Homecoming } from "./homecoming.ts";
import type { Room } from "./room.ts";

const { presence } = chatService.kinds;

/** Who is away for a shorter time is not spoken of, in milliseconds. */
const QUIET_MS = 3000;

/** How long the place of a lost session is kept, in milliseconds. */
const KEPT_MS = 30_000;

/** What becomes of a guest in a room. */
type What = PresenceEvent["what"];

/** What else there is to say about it. */
type More = Pick<PresenceEvent, "was" | "reason" | "isQuiet">;

/** Tells members of a room who comes and goes: what happens in one turn in one frame, encoded once. */
export class Presence {
  readonly #hall: Hall;
  readonly #clock: Clock;
  readonly #whoOf: (guest: Guest) => Who;
  readonly #homecoming: Homecoming;
  /** Rooms with events that nobody was told yet. */
  readonly #eventful = new Set<Room>();
  #isScheduled = false;

  constructor(
    hall: Hall,
    clock: Clock,
    whoOf: (guest: Guest) => Who,
    homecoming: Homecoming,
  ) {
    this.#hall = hall;
    this.#clock = clock;
    this.#whoOf = whoOf;
    this.#homecoming = homecoming;
  }

  /** Something has become of a guest, in all of its rooms. */
  tellAll(guest: Guest, what: What, more: More = {}): void {
    for (const name of guest.rooms) {
      const room = this.#hall.rooms.get(name);
      if (room !== undefined) this.tell(room, guest, what, more);
    }
  }

  /** Something has become of a guest in one room. */
  tell(room: Room, guest: Guest, what: What, more: More = {}): void {
    if (room.isQuiet || room.seats.size === 0) return;
    room.events.push({ ...this.#whoOf(guest), room: room.name, what, ...more });
    this.#eventful.add(room);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    turn().then(() => {
      this.#isScheduled = false;
      for (const each of this.#eventful) this.flush(each);
    });
  }

  /** Tells now what has become of whom in a room: before what they say. */
  flush(room: Room): void {
    if (room.events.length === 0) return;
    const { events } = room;
    room.events = [];
    this.#eventful.delete(room);
    const [first] = events;
    const only = events.every(({ author }) => author === first?.author) ? first?.author : undefined;
    const all = batchOf(events);
    for (const seat of room.seats.values()) {
      const { guest: { member, author }, knownEvents } = seat;
      seat.knownEvents = 0;
      if (!seat.isListening || member === undefined || author === only) continue;
      if (knownEvents === 0) member.sendBatch(all);
      else if (knownEvents < events.length) member.sendBatch(batchOf(events.slice(knownEvents)));
    }
  }

  /** A guest enters a room. @param isResumed whether its session is from an earlier connection */
  enter(guest: Guest, room: Room, isResumed: boolean): void {
    const isQuiet = isResumed && this.#homecoming.covers(guest.author);
    this.tell(room, guest, "joined", isQuiet ? { isQuiet } : {});
  }

  /** A guest goes out of a room; those who stay are told. */
  leave(guest: Guest, room: Room, reason: string): void {
    this.#hall.vacate(guest, room);
    this.#homecoming.noteLeft(guest.author);
    this.tell(room, guest, "left", { reason });
  }

  /** A guest goes out of all rooms. */
  leaveAll(guest: Guest, reason: string): void {
    for (const name of [...guest.rooms]) {
      const room = this.#hall.rooms.get(name);
      if (room !== undefined) this.leave(guest, room, reason);
    }
    this.#hall.forget(guest);
  }

  /** The line to a guest is lost: its places are kept for a while. */
  lost(guest: Guest): void {
    this.stop(guest);
    if (guest.rooms.size === 0) return this.#hall.forget(guest);
    this.#awaitReturn(guest, QUIET_MS, () => {
      guest.isAwayTold = true;
      this.tellAll(guest, "away", { reason: "line lost" });
      this.#awaitReturn(guest, KEPT_MS - QUIET_MS, () => this.leaveAll(guest, "line lost"));
    });
  }

  /** A guest is back. Rooms that it does not ask for again are left in a while. */
  back(guest: Guest): void {
    this.stop(guest);
    if (guest.isAwayTold) this.tellAll(guest, "back");
    guest.isAwayTold = false;
    if (guest.rooms.size === 0) return;
    this.#awaitReturn(guest, KEPT_MS, () => {
      for (const name of [...guest.rooms]) {
        const room = this.#hall.rooms.get(name);
        const seat = room?.seats.get(guest.author);
        if (room !== undefined && seat?.isListening === false) {
          this.leave(guest, room, "did not come back");
        }
      }
    });
  }

  /** Waits for nothing any more. */
  stop(guest: Guest): void {
    guest.awayTimer?.cancel();
    guest.awayTimer = undefined;
  }

  #awaitReturn(guest: Guest, delayMs: number, then: () => void): void {
    this.stop(guest);
    guest.awayTimer = this.#clock.after(delayMs, () => {
      guest.awayTimer = undefined;
      then();
      this.#hall.forget(guest);
    });
  }
}

function batchOf(events: readonly PresenceEvent[]): FrameBatch {
  const batch = new FrameBatch();
  for (let at = 0; at < events.length; at += MAX_ANNOUNCED) {
    batch.add(presence, { events: events.slice(at, at + MAX_ANNOUNCED) });
  }
  return batch;
}
