import type { DatabaseSync } from "node:sqlite";
import { Statements } from "../../store/statements.ts";

/** What counts up in a session. */
export interface SessionCounters {
  highest: number;
  inboxLast: number;
}

/** What counts up in a room. */
export interface RoomCounters {
  readonly number: number;
  last: number;
}

/** Rows that are kept in memory; more are read again when they are needed. */
const MAX_KEPT = 20_000;

/** Counters that posts move: read once, changed here, written back with each transaction. */
export class ChatRows {
  readonly #sql: Statements;
  readonly #sessions = new Map<number, SessionCounters>();
  readonly #rooms = new Map<string, RoomCounters>();
  readonly #changedSessions = new Set<number>();
  readonly #changedRooms = new Set<RoomCounters>();

  constructor(db: DatabaseSync) {
    this.#sql = new Statements(db);
  }

  /** The counters of a session, to be read; `undefined`: there is no such session. */
  session(author: number): SessionCounters | undefined {
    let row = this.#sessions.get(author);
    if (row === undefined) {
      const found = this.#sql.get("SELECT highest, inbox_last FROM sessions WHERE author = ?")
        .get(author);
      if (found === undefined) return undefined;
      row = { highest: Number(found.highest), inboxLast: Number(found.inbox_last) };
      this.#sessions.set(author, row);
    }
    return row;
  }

  /** The counters of a session, to be changed; `undefined`: there is no such session. */
  changeSession(author: number): SessionCounters | undefined {
    const row = this.session(author);
    if (row !== undefined) this.#changedSessions.add(author);
    return row;
  }

  /** The counters of a room, to be changed; a new one when there is none. */
  changeRoom(name: string): RoomCounters {
    let row = this.#rooms.get(name);
    if (row === undefined) {
      this.#sql.get("INSERT OR IGNORE INTO rooms (name) VALUES (?)").run(name);
      const found = this.#sql.get("SELECT number, last FROM rooms WHERE name = ?").get(name);
      row = { number: Number(found?.number), last: Number(found?.last) };
      this.#rooms.set(name, row);
    }
    this.#changedRooms.add(row);
    return row;
  }

  /** Writes what was changed. */
  flush(): void {
    const updateSession = this.#sql.get(
      "UPDATE sessions SET highest = ?, inbox_last = ? WHERE author = ?",
    );
    for (const author of this.#changedSessions) {
      const { highest, inboxLast } = this.#sessions.get(author)!;
      updateSession.run(highest, inboxLast, author);
    }
    const updateRoom = this.#sql.get("UPDATE rooms SET last = ? WHERE number = ?");
    for (const { last, number } of this.#changedRooms) updateRoom.run(last, number);
    this.#changedSessions.clear();
    this.#changedRooms.clear();
    if (this.#sessions.size > MAX_KEPT) this.#sessions.clear();
    if (this.#rooms.size > MAX_KEPT) this.#rooms.clear();
  }

  /** Forgets everything: the transaction failed. */
  forget(): void {
    this.#sessions.clear();
    this.#rooms.clear();
    this.#changedSessions.clear();
    this.#changedRooms.clear();
  }
}
