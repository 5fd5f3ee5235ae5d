/**
 * Which lines somebody has seen, across lost lines and deaths of this process. Pure: the notes are
 * given, and nothing waits.
 *
 * Before lines are shown they are noted as *showing*, and that must be durable first. Once others are
 * showing, or at the end of the process, they are noted as *seen*. So a process that was killed finds
 * out which lines its predecessor may have shown: exactly those of its last batch.
 *
 * A note `seen:#room` reads `STORE SEEN SHOWING`; that of another store counts for nothing.
 */
import type { Notes } from "./client_memory.ts";

/** The place of private lines among rooms. */
export const INBOX = "@";

/** Name of the note that says which store the ids are of. */
const STORE_NOTE = "store";

interface Position {
  /** Last id that came. */
  received: number;
  /** Last id that was shown for sure. */
  shown: number;
  /** Up to this id, lines may have been shown by the process before. */
  readonly maybeShown: number;
}

/** A line that is about to be shown. */
export interface SeenMark {
  /** Store that the id is of. */
  readonly storeId: string;
  readonly room: string;
  readonly id: number;
}

/** What a line is, by its id. */
export type Taken = "next" | "repeat" | "gap";

/** Ids of lines by room; see the head of the file. */
export class SeenIds {
  readonly #notes: Notes;
  readonly #rooms = new Map<string, Position>();
  #storeId = "";
  /** Rooms of the last batch that was shown. */
  #batch = new Map<string, number>();

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  /** Store that the ids are of; empty at first. */
  get storeId(): string {
    return this.#storeId;
  }

  /** Ids are of this store from now on. @returns whether those of another one are forgotten now */
  useStore(storeId: string): boolean {
    if (storeId === this.#storeId) return false;
    const before = this.#notes.get(STORE_NOTE);
    this.#storeId = storeId;
    this.#rooms.clear();
    this.#batch.clear();
    this.#notes.set(STORE_NOTE, storeId);
    return before !== undefined && before !== storeId;
  }

  /** The last id of a room that came; `undefined`: nothing is known of it. */
  after(room: string): number | undefined {
    return this.#at(room)?.received;
  }

  /** What a line is that comes. Only the `next` one is to be shown; it counts as received then. */
  take(room: string, id: number): Taken {
    const position = this.#at(room);
    if (position === undefined) {
      this.#rooms.set(room, { received: id, shown: id - 1, maybeShown: 0 });
      return "next";
    }
    if (id <= position.received) return "repeat";
    if (id !== position.received + 1) return "gap";
    position.received = id;
    return "next";
  }

  /** Whether the process before this one may have shown it. */
  isMaybeSeen(room: string, id: number): boolean {
    return id <= (this.#at(room)?.maybeShown ?? 0);
  }

  /** Whatever was there, the next line of the room is the one after `id`. */
  anchor(room: string, id: number): void {
    this.#rooms.set(room, { received: id, shown: id, maybeShown: 0 });
    this.#note(room, id, id);
  }

  /** Nothing is known of a room any more. */
  forget(room: string): void {
    this.#rooms.delete(room);
    this.#batch.delete(room);
    if (this.#notes.get(noteName(room)) !== undefined) this.#notes.set(noteName(room), "");
  }

  /** Notes lines that will be shown once the notes are durable, and those before as seen. */
  showing(marks: readonly SeenMark[]): void {
    const next = new Map<string, number>();
    for (const { storeId, room, id } of marks) {
      if (storeId === this.#storeId) next.set(room, Math.max(id, next.get(room) ?? 0));
    }
    for (const room of next.keys()) this.#batch.delete(room); // its new note covers it
    this.cover();
    for (const [room, id] of next) {
      const position = this.#at(room);
      if (position === undefined) continue;
      this.#batch.set(room, id);
      this.#note(room, position.shown, Math.max(position.shown, id));
    }
  }

  /** They are shown. */
  shown(): void {
    for (const [room, id] of this.#batch) {
      const position = this.#at(room);
      if (position !== undefined) position.shown = Math.max(position.shown, id);
    }
  }

  /** Notes what was shown as seen. For the end of a process. */
  cover(): void {
    for (const room of this.#batch.keys()) {
      const position = this.#at(room);
      if (position !== undefined) this.#note(room, position.shown, position.shown);
    }
    this.#batch.clear();
  }

  #at(room: string): Position | undefined {
    const known = this.#rooms.get(room);
    if (known !== undefined) return known;
    const [storeId, shown, showing] = (this.#notes.get(noteName(room)) ?? "").split(" ");
    if (storeId !== this.#storeId || storeId === "") return undefined;
    const [seen, maybeShown] = [Number(shown), Number(showing)];
    if (!Number.isSafeInteger(seen) || !Number.isSafeInteger(maybeShown)) return undefined;
    const position = { received: seen, shown: seen, maybeShown };
    this.#rooms.set(room, position);
    return position;
  }

  #note(room: string, shown: number, showing: number): void {
    this.#notes.set(noteName(room), `${this.#storeId} ${shown} ${showing}`);
  }
}

function noteName(room: string): string {
  return `seen:${room}`;
}
