import type { DatabaseSync } from "node:sqlite";
import { Statements } from "../../store/statements.ts";
import {
  MAX_REPORTED_STEPS,
  type NotedEstimate,
  type SessionReport,
  type SessionStep,
} from "./client_report.ts";
import type { Answers, Page, PageRequest } from "./sqlite_messages.ts";

/** Samples in a page: two or three milliseconds in which nothing else is read or written. */
const PAGE_SAMPLES = 2000;

type Row = ReturnType<ReturnType<Statements["get"]>["all"]>[number];

const PAGE = "SELECT time_us, corrected_us, bound_us, correction, session, sequence, received_us " +
  `FROM samples WHERE client = ? AND time_us >= ? AND time_us < ? ORDER BY time_us ` +
  `LIMIT ${PAGE_SAMPLES}`;
const COLUMNS = [
  ...["time_us", "corrected_us", "bound_us", "correction", "session", "sequence", "received_us"],
];
const SESSION_COLUMN = 4;

/** Reads a store in a file. Blocks, for short. */
export class SqliteReader {
  readonly #sql: Statements;

  constructor(db: DatabaseSync) {
    this.#sql = new Statements(db);
  }

  find(session: string): Answers["find"] {
    const row = this.#sql.get("SELECT cookie, highest FROM sessions WHERE id = ?").get(session);
    if (!(row?.cookie instanceof Uint8Array)) return undefined;
    return { cookie: new Uint8Array(row.cookie), highestSequence: Number(row.highest) };
  }

  /** Ids of all clients in order. */
  clients(): string[] {
    return this.#sql.get("SELECT id FROM clients ORDER BY id").all().map(({ id }) => String(id));
  }

  /** Sessions of a client in the order in which they were opened. */
  client(clientId: string): SessionReport[] {
    return this.#sql.get(
      "SELECT sessions.* FROM sessions JOIN clients ON clients.number = sessions.client " +
        "WHERE clients.id = ? ORDER BY sessions.number",
    ).all(clientId).map((row) => this.#report(row));
  }

  /** The estimates of a session that are kept, oldest first. */
  estimates(session: string): NotedEstimate[] {
    return this.#sql.get(
      "SELECT estimates.* FROM estimates JOIN sessions ON sessions.number = estimates.session " +
        "WHERE sessions.id = ? ORDER BY estimates.number",
    ).all(session).map(estimateOf);
  }

  /** Samples of a client in the order of their times. */
  page({ clientId, fromUs, toUs }: PageRequest): Page {
    const client = this.#sql.get("SELECT number FROM clients WHERE id = ?").get(clientId)?.number;
    const rows = this.#sql.get(PAGE).all(client ?? -1, fromUs, toUs);
    const count = rows.length;
    const columns = new Float64Array(COLUMNS.length * count);
    const sessions = new Map<number, string>();
    for (const [i, row] of rows.entries()) {
      for (const [c, name] of COLUMNS.entries()) {
        const value = row[name];
        columns[c * count + i] = typeof value === "number" ? value : NaN;
      }
    }
    for (const number of columns.subarray(SESSION_COLUMN * count, (SESSION_COLUMN + 1) * count)) {
      if (!sessions.has(number)) sessions.set(number, this.#nameOf(number));
    }
    return { count, columns, sessions, isFull: count === PAGE_SAMPLES };
  }

  #nameOf(session: number): string {
    return String(this.#sql.get("SELECT id FROM sessions WHERE number = ?").get(session)?.id);
  }

  #report(row: Row): SessionReport {
    const { highest, stored, equal } = row;
    const end = numberOr(row.end_sequence);
    const sent = Math.max(Number(highest), end ?? 0);
    const estimate = this.#sql.get(
      "SELECT * FROM estimates WHERE session = ? ORDER BY number DESC LIMIT 1",
    ).get(row.number ?? -1);
    const session = String(row.id);
    return {
      session,
      tokenName: String(row.token_name),
      sent,
      stored: Number(stored),
      equal: Number(equal),
      lost: sent - Number(stored) - Number(equal),
      repeated: Number(row.repeated),
      highestSequence: Number(highest),
      isTailKnown: end !== undefined,
      firstSeenUs: numberOr(row.first_seen_us),
      lastSeenUs: numberOr(row.last_seen_us),
      steps: this.#sql.get(
        `SELECT * FROM steps WHERE session = ? ORDER BY number DESC LIMIT ${MAX_REPORTED_STEPS}`,
      ).all(row.number ?? -1).reverse().map((step) => stepOf(session, step)),
      estimate: estimate && estimateOf(estimate),
    };
  }
}

function numberOr(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function stepOf(session: string, row: Row): SessionStep {
  const { side } = row;
  return {
    session,
    side: side === "client" || side === "server" ? side : "unknown",
    atUs: Number(row.at_us),
    byUs: Number(row.by_us),
    errorUs: Number(row.error_us),
  };
}

function estimateOf(row: Row): NotedEstimate {
  return {
    atUs: Number(row.at_us),
    offsetUs: Number(row.offset_us),
    boundUs: Number(row.bound_us),
    frequencyPpm: Number(row.frequency_ppm),
    delayUs: Number(row.delay_us),
    probes: Number(row.probes),
    verdictJson: String(row.verdict),
  };
}
