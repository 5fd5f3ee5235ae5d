import { parseRoom } from "../nick/parse_room.ts";
import type { Notes } from "./client_memory.ts";

/** Name of the note. */
const NOTE = "rooms";

/** Rooms that somebody wants to be in, in the order of their joining; remembered. */
export class JoinedRooms {
  readonly #notes: Notes;
  #rooms: readonly string[];

  /** @param wanted instead of those of last time */
  constructor(notes: Notes, wanted: readonly string[] | undefined) {
    this.#notes = notes;
    this.#rooms = wanted === undefined ? read(notes.get(NOTE)) : [...new Set(wanted.map(roomName))];
    if (wanted !== undefined) this.#keep(this.#rooms);
  }

  get all(): readonly string[] {
    return this.#rooms;
  }

  has(room: string): boolean {
    return this.#rooms.includes(room);
  }

  /** @returns false when it is there already */
  add(room: string): boolean {
    if (this.has(room)) return false;
    this.#keep([...this.#rooms, room]);
    return true;
  }

  /** @returns false when it is not there */
  remove(room: string): boolean {
    if (!this.has(room)) return false;
    this.#keep(this.#rooms.filter((one) => one !== room));
    return true;
  }

  #keep(rooms: readonly string[]): void {
    this.#rooms = rooms;
    this.#notes.set(NOTE, JSON.stringify(rooms));
  }
}

/** A room as the server calls it: `Lobby` and `#Lobby` are `#lobby`; what is none stays as it is. */
export function roomName(text: string): string {
  const parsed = parseRoom(text.startsWith("#") ? text : `#${text}`);
  return "room" in parsed ? parsed.room : text;
}

function read(note: string | undefined): readonly string[] {
  try {
    const rooms: unknown = JSON.parse(note ?? "[]");
    if (!Array.isArray(rooms)) return [];
    return rooms.filter((room): room is string => typeof room === "string" && room !== "");
  } catch {
    return [];
  }
}
