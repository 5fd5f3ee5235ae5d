/**
 * Which lines somebody has seen, across lost lines and deaths of this process. Pure: the notes are
 * given, and nothing waits.
 *
 * Before lines are shown they are noted as *showing*, and that must be durable first. Once others are
 * showing, or at the end of the process, they are noted as *seen*. So a process that was killed finds
 * out which lines its predecessor may have shown: exactly those of its last batch, and those before
 * that were still on their way to whoever reads them.
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
  /** Last id that was about to be shown, by this process or the one before. */
  showing: number;
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
  /** Rooms whose notes do not say yet that all that is showing was shown. */
  readonly #open = new Set<string>();

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
    this.#open.clear();
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
      this.#rooms.set(room, { received: id, shown: id - 1, showing: id - 1, maybeShown: 0 });
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
    const position = { received: id, shown: id, showing: id, maybeShown: 0 };
    this.#rooms.set(room, position);
    this.#note(room, position);
  }

  /** Nothing is known of a room any more. */
  forget(room: string): void {
    this.#rooms.delete(room);
    this.#open.delete(room);
    if (this.#notes.get(noteName(room)) !== undefined) this.#notes.set(noteName(room), "");
  }

  /** Notes lines that will be shown once the notes are durable, and as seen what was shown. */
  showing(marks: readonly SeenMark[]): void {
    for (const { storeId, room, id } of marks) {
      const position = this.#positionOf(storeId, room);
      if (position === undefined) continue;
      position.showing = Math.max(position.showing, id);
      this.#open.add(room);
    }
    this.cover();
  }

  /** They are shown: whoever reads them has them, even if this process is killed. */
  shown(marks: readonly SeenMark[]): void {
    for (const { storeId, room, id } of marks) {
      const position = this.#positionOf(storeId, room);
      if (position === undefined) continue;
      position.shown = Math.max(position.shown, Math.min(id, position.showing));
    }
  }

  /** Notes what was shown as seen. Also for the end of a process. */
  cover(): void {
    for (const room of this.#open) {
      const position = this.#at(room);
      if (position !== undefined) this.#note(room, position);
      if (position?.shown === position?.showing) this.#open.delete(room);
    }
  }

  #positionOf(storeId: string, room: string): Position | undefined {
    return storeId === this.#storeId ? this.#at(room) : undefined;
  }

  #at(room: string): Position | undefined {
    const known = this.#rooms.get(room);
    if (known !== undefined) return known;
    const [storeId, shown, showing] = (this.#notes.get(noteName(room)) ?? "").split(" ");
    if (storeId !== this.#storeId || storeId === "") return undefined;
    const [seen, maybeShown] = [Number(shown), Number(showing)];
    if (!Number.isSafeInteger(seen) || !Number.isSafeInteger(maybeShown)) return undefined;
    const position = { received: seen, shown: seen, showing: maybeShown, maybeShown };
    this.#rooms.set(room, position);
    return position;
  }

  #note(room: string, { shown, showing }: Position): void {
    this.#notes.set(noteName(room), `${this.#storeId} ${shown} ${showing}`);
  }
}

function noteName(room: string): string {
  return `seen:${room}`;
}
