import type { DatabaseSync } from "node:sqlite";
import { Statements } from "../../store/statements.ts";

/** One row of `sessions`, as far as writing needs it. */
export interface SessionRow {
  readonly number: number;
  readonly client: number;
  highest: number;
  stored: number;
  equal: number;
  repeated: number;
  firstSeenUs: number | null;
  lastSeenUs: number | null;
  /** The correction that the newest samples have, and what it says. */
  correction: { readonly number: number; readonly values: readonly number[] } | undefined;
}

/** Sessions that are kept in memory; more are read again when they are needed. */
const MAX_KEPT = 10_000;

const SELECT = "SELECT number, client, highest, stored, equal, repeated, " +
  "first_seen_us, last_seen_us FROM sessions WHERE id = ?";
const UPDATE = "UPDATE sessions SET highest = ?, stored = ?, equal = ?, repeated = ?, " +
  "first_seen_us = ?, last_seen_us = ? WHERE number = ?";

/** The sessions that are written to: read once, changed here, written back with each transaction. */
export class SessionRows {
  readonly #statements: Statements;
  readonly #rows = new Map<string, SessionRow>();
  readonly #changed = new Set<SessionRow>();

  constructor(db: DatabaseSync) {
    this.#statements = new Statements(db);
  }

  /** The row of a session, which the caller may change; `undefined`: nobody opened it. */
  change(session: string): SessionRow | undefined {
    let row = this.#rows.get(session);
    if (row === undefined) {
      const found = this.#statements.get(SELECT).get(session);
      if (found === undefined) return undefined;
      row = {
        number: Number(found.number),
        client: Number(found.client),
        highest: Number(found.highest),
        stored: Number(found.stored),
        equal: Number(found.equal),
        repeated: Number(found.repeated),
        firstSeenUs: found.first_seen_us === null ? null : Number(found.first_seen_us),
        lastSeenUs: found.last_seen_us === null ? null : Number(found.last_seen_us),
        correction: undefined,
      };
      this.#rows.set(session, row);
    }
    this.#changed.add(row);
    return row;
  }

  /** Writes what was changed. */
  flush(): void {
    const update = this.#statements.get(UPDATE);
    for (const row of this.#changed) {
      const { highest, stored, equal, repeated, firstSeenUs, lastSeenUs, number } = row;
      update.run(highest, stored, equal, repeated, firstSeenUs, lastSeenUs, number);
    }
    this.#changed.clear();
    if (this.#rows.size > MAX_KEPT) this.#rows.clear();
  }

  /** Forgets everything: the transaction failed. */
  forget(): void {
    this.#rows.clear();
    this.#changed.clear();
  }
}

/** Widens the time in which a session was seen. */
export function see(row: SessionRow, atUs: number): void {
  row.firstSeenUs = Math.min(row.firstSeenUs ?? atUs, atUs);
  row.lastSeenUs = Math.max(row.lastSeenUs ?? atUs, atUs);
}
