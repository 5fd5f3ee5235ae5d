import type { Statements } from "../../store/statements.ts";
import { see, type SessionRows } from "./session_rows.ts";
import type { Note } from "./sqlite_messages.ts";
import { strideFor } from "./thinning.ts";

/**
 * Writes a note, inside a transaction.
 *
 * @returns why it cannot be kept; `undefined`: it was
 */
export function writeNote(note: Note, rows: SessionRows, sql: Statements): string | undefined {
  const { session } = note;
  if (note.kind === "open") return openSession(note, sql);
  const row = rows.change(session);
  if (row === undefined) return `Cannot store for session ${session}: nobody opened it`;
  switch (note.kind) {
    case "step": {
      const { side, atUs, byUs, errorUs } = note.step;
      sql.get(
        "INSERT OR IGNORE INTO steps (session, side, at_us, by_us, error_us) VALUES (?,?,?,?,?)",
      ).run(row.number, side, atUs, byUs, errorUs);
      break;
    }
    case "estimate": {
      const newest = sql.get("SELECT max(number) AS newest FROM estimates WHERE session = ?")
        .get(row.number)?.newest;
      const number = typeof newest === "number" ? newest + 1 : 0;
      const stride = strideFor(number);
      // Of a history that was thinned before, only the one that was the newest can be superfluous.
      const isThinner = stride !== strideFor(Math.max(0, number - 1));
      sql.get("DELETE FROM estimates WHERE session = ? AND number >= ? AND number % ? <> 0")
        .run(row.number, isThinner ? 0 : number - 1, stride);
      const e = note.estimate;
      sql.get("INSERT INTO estimates VALUES (?,?,?,?,?,?,?,?,?)").run(
        ...[row.number, number, e.atUs, e.offsetUs, e.boundUs, e.frequencyPpm, e.delayUs],
        ...[e.probes, e.verdictJson],
      );
      break;
    }
    case "end":
      sql.get(
        "UPDATE sessions SET end_sequence = max(coalesce(end_sequence, 0), ?) WHERE number = ?",
      )
        .run(note.lastSequence, row.number);
      break;
    case "seen":
      see(row, note.atUs);
      break;
  }
  return undefined;
}

function openSession(note: Note & { readonly kind: "open" }, sql: Statements): string | undefined {
  const { session, cookie, clientId, tokenName } = note;
  sql.get("INSERT OR IGNORE INTO clients (id) VALUES (?)").run(clientId);
  const { changes } = sql.get(
    "INSERT OR IGNORE INTO sessions (id, client, token_name, cookie) " +
      "SELECT ?, number, ?, ? FROM clients WHERE id = ?",
  ).run(session, tokenName, cookie, clientId);
  return Number(changes) === 1 ? undefined : `Cannot open session ${session}: it is there already`;
}
