import type { Guest } from "./guest.ts";
import { RingShelf } from "./ring_shelf.ts";
import { Room, type Seat } from "./room.ts";

/** Most rooms; what was said in one is kept for ever, and so is its last id in memory. */
const MAX_ROOMS = 100_000;

/** Who is here, and which rooms there are. */
export class Hall {
  /** By author. */
  readonly guests = new Map<number, Guest>();
  readonly rooms = new Map<string, Room>();
  /** What was said last in rooms that have somebody in them. */
  readonly rings = new RingShelf();

  /** @param rooms those that have lines */
  constructor(rooms: Iterable<{ readonly room: string; readonly last: number }>) {
    for (const { room, last } of rooms) this.rooms.set(room, new Room(room, last));
  }

  /** Whether there are so many rooms that nobody may open another one. */
  get isFull(): boolean {
    return this.rooms.size >= MAX_ROOMS;
  }

  /** A room, which comes into being when somebody asks for it. */
  room(name: string): Room {
    const known = this.rooms.get(name);
    if (known !== undefined) return known;
    const room = new Room(name, 0);
    this.rooms.set(name, room);
    return room;
  }

  /** The place of a guest in a room. */
  seat(guest: Guest, room: string): Seat | undefined {
    return guest.rooms.has(room) ? this.rooms.get(room)?.seats.get(guest.author) : undefined;
  }

  /** Takes a guest out of a room; a room without anybody keeps nothing in memory but its last id. */
  vacate(guest: Guest, room: Room): void {
    const seat = room.seats.get(guest.author);
    seat?.stop();
    guest.rooms.delete(room.name);
    room.seats.delete(guest.author);
    if (room.seats.size > 0) return;
    this.rings.clear(room.ring);
    if (room.last === 0 && room.fresh.length === 0) this.rooms.delete(room.name);
  }

  /** Forgets a guest who has nothing here any more. */
  forget(guest: Guest): void {
    if (guest.member !== undefined || guest.rooms.size > 0 || guest.uncommitted > 0) return;
    if (guest.awayTimer !== undefined) return;
    if (this.guests.get(guest.author) === guest) this.guests.delete(guest.author);
  }
}
