/**
 * Rows like those of `collect`, put into SQLite without a network or a thread, in transactions of
 * 5,000, WAL and synchronous FULL. Prints {"perSecond":…}.
 *
 *   sqlite_rows.ts SECONDS
 */
import { DatabaseSync } from "node:sqlite";
import { print } from "../print.ts";

const seconds = Number(Deno.args[0] ?? 1);
const ROWS = 5000;
const CLIENTS = 100;

const folder = await Deno.makeTempDir({ prefix: "tram-bench-" });
const database = new DatabaseSync(`${folder}/rows.sqlite`);
database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
database.exec(
  "CREATE TABLE samples (client INTEGER, time_us INTEGER, sequence INTEGER, received_us INTEGER, " +
    "PRIMARY KEY (client, time_us)) STRICT, WITHOUT ROWID",
);
const insert = database.prepare("INSERT OR IGNORE INTO samples VALUES (?, ?, ?, ?)");
let time = 1_700_000_000_000_000;
let rows = 0;
const startMs = performance.now();
while (performance.now() - startMs < seconds * 1000) {
  database.exec("BEGIN");
  for (let i = 0; i < ROWS; i++, rows++) insert.run(i % CLIENTS, time++, rows, time);
  database.exec("COMMIT");
}
print(JSON.stringify({ perSecond: rows / (performance.now() - startMs) * 1000 }));
database.close();
await Deno.remove(folder, { recursive: true });
