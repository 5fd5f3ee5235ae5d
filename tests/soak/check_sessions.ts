import { DatabaseSync } from "node:sqlite";

/** What a client of `collect` says that it has sent. */
export interface SentSession {
  readonly clientId: string;
  /** Of its session; `undefined`: the client had only one. */
  readonly id: string | undefined;
  /** Samples that it took. */
  readonly taken: number;
  readonly dropped: number;
}

interface Row {
  readonly id: string;
  readonly clientId: string;
  readonly highest: number;
  readonly stored: number;
  readonly equal: number;
  readonly rows: number;
  readonly sequences: number;
}

/** Compares a store of `collect` with what clients have sent. @returns what is wrong */
export function checkSessions(store: string, sent: readonly SentSession[]): string[] {
  const faults: string[] = [];
  const db = new DatabaseSync(store, { readOnly: true });
  try {
    const rows = db.prepare(
      "SELECT sessions.id, clients.id AS clientId, highest, stored, equal, " +
        "ifnull(counts.rows, 0) AS rows, ifnull(counts.sequences, 0) AS sequences " +
        "FROM sessions JOIN clients ON clients.number = sessions.client LEFT JOIN " +
        "(SELECT session, count(*) AS rows, count(DISTINCT sequence) AS sequences FROM samples " +
        "GROUP BY session) AS counts ON counts.session = sessions.number",
    ).all() as unknown as Row[];
    for (const { clientId, highest, stored, equal, rows: there, sequences } of rows) {
      if (stored + equal !== highest) {
        faults.push(`${clientId}: ${highest} samples came, ${stored} stored + ${equal} equal`);
      }
      if (there !== stored || sequences !== stored) {
        faults.push(`${clientId}: ${stored} stored, ${there} rows with ${sequences} numbers`);
      }
    }
    for (const { clientId, id, taken, dropped } of sent) {
      const row = rows.find((one) => one.clientId === clientId && (id ?? one.id) === one.id);
      if (dropped !== 0) faults.push(`${clientId}: ${dropped} samples dropped`);
      if ((row?.highest ?? 0) !== taken) {
        faults.push(`${clientId}: took ${taken} samples, ${row?.highest ?? 0} are with the server`);
      }
    }
    if (rows.length === 0) faults.push("the store has no sessions");
  } finally {
    db.close();
  }
  return faults;
}
