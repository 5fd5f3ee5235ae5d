/** Real servers and clients of `collect` around one store, and what is in it afterwards. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { SessionReport } from "../../lib/collect/store/client_report.ts";
import { openSqliteStore } from "../../lib/collect/store/sqlite_store.ts";
import { TramProcess, withFolder } from "./processes.ts";

/** The last line of `collect send --json`. */
export interface SendResult {
  readonly clientId: string;
  readonly taken: number;
  readonly found: number;
  readonly waiting: number;
  readonly dropped: number;
  readonly missed: number;
  readonly isStopped: boolean;
  readonly offsetUs: number | null;
  readonly boundUs: number | null;
}

/** A session as it stands in the file. */
export interface StoredSession {
  readonly id: string;
  readonly clientId: string;
  readonly highest: number;
  readonly stored: number;
  readonly equal: number;
  readonly endSequence: number | null;
  /** Rows of its samples. */
  readonly rows: number;
  /** Different sequences among these. */
  readonly sequences: number;
  readonly lastSequence: number;
}

/** A server that is ready. */
export interface CollectServerProcess extends AsyncDisposable {
  readonly process: TramProcess;
  readonly port: string;
}

/** A folder with the files of a server and its clients. */
export class CollectRoom {
  readonly folder: string;
  readonly store: string;
  readonly env: Readonly<Record<string, string>>;

  readonly #original: string | undefined;

  /** @param original where the store is when SQLite cannot open it there; `store` is a copy then */
  constructor(folder: string, store = `${folder}/store.sqlite`, original?: string) {
    this.folder = folder;
    this.store = store;
    this.#original = original;
    // Nothing of the user who runs the tests.
    this.env = { TRAM_CONFIG_DIR: `${folder}/config`, TRAM_STATE_DIR: `${folder}/state` };
  }

  /** Starts a server and waits until it is ready. */
  async serve(args: readonly string[] = [], port = "0"): Promise<CollectServerProcess> {
    const process = this.startServer(args, port);
    return { process, port: await portOf(process), [Symbol.asyncDispose]: () => end(process) };
  }

  /** Starts a server. */
  startServer(args: readonly string[] = [], port = "0"): TramProcess {
    const all = ["collect", "serve", "--port", port, "--store", this.store, "--json", ...args];
    return new TramProcess(all, this.env);
  }

  /** Starts a client. */
  send(port: string, args: readonly string[], env: Record<string, string> = {}): TramProcess {
    const all = ["collect", "send", "--port", port, "--json", ...args];
    return new TramProcess(all, { ...this.env, ...env });
  }

  /** Runs a client to its end. */
  async sent(port: string, args: readonly string[], code = 0): Promise<SendResult> {
    await using client = this.send(port, args);
    return await summaryOf(client, code);
  }

  /** What the file holds, without a line of tram in between. */
  read(): StoredSession[] {
    const db = this.database();
    try {
      return db.prepare(
        "SELECT sessions.id, clients.id AS clientId, highest, stored, equal, " +
          "end_sequence AS endSequence, count(sequence) AS rows, " +
          "count(DISTINCT sequence) AS sequences, ifnull(max(sequence), 0) AS lastSequence " +
          "FROM sessions JOIN clients ON clients.number = sessions.client " +
          "LEFT JOIN samples ON samples.session = sessions.number " +
          "GROUP BY sessions.number ORDER BY sessions.number",
      ).all() as unknown as StoredSession[];
    } finally {
      db.close();
    }
  }

  /** Opens the file to read. */
  database(): DatabaseSync {
    if (this.#original !== undefined) {
      for (const suffix of ["", "-wal"]) {
        Deno.copyFileSync(`${this.#original}${suffix}`, `${this.store}${suffix}`);
      }
    }
    const db = new DatabaseSync(this.store, { readOnly: true });
    db.exec("PRAGMA busy_timeout = 5000");
    return db;
  }

  /** What tram reports, by client. */
  async report(): Promise<Map<string, readonly SessionReport[]>> {
    await using store = await openSqliteStore(this.store, { isReader: true });
    return new Map((await store.report()).map((client) => [client.clientId, client.sessions]));
  }
}

/** Makes a room, and removes it. */
export function withRoom<T>(body: (room: CollectRoom) => Promise<T>): Promise<T> {
  return withFolder((folder) => body(new CollectRoom(folder)));
}

/** Waits until a server is ready. */
export async function portOf(server: TramProcess): Promise<string> {
  const [, port = ""] = await server.matching(/"type":"listening".*"port":(\d+)\}\n/);
  return port;
}

/** Waits until a client has ended with `code`, and reads what it says. */
export async function summaryOf(client: TramProcess, code = 0): Promise<SendResult> {
  const ended = await client.ended;
  assert.equal(ended.code, code, ended.stderr);
  return JSON.parse(ended.stdout) as SendResult;
}

/** Waits until something has become true. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 30_000;
  while (!await isTrue()) {
    assert(performance.now() < endMs, `waited 30 s until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function end(process: TramProcess): Promise<void> {
  await process[Symbol.asyncDispose]();
}
