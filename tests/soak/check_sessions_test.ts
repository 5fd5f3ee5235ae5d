import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { COLLECT_SCHEMA } from "../../lib/collect/store/sqlite_schema.ts";
import { checkSessions, type SentSession } from "./check_sessions.ts";

/** What a store finds that has two sessions of desk, with three samples and one, changed by `sql`. */
async function faultsOf(sql: string, ...sent: Partial<SentSession>[]): Promise<string[]> {
  const folder = await Deno.makeTempDir({ prefix: "tram-test-" });
  try {
    const path = `${folder}/store.sqlite`;
    const db = new DatabaseSync(path);
    for (const migration of COLLECT_SCHEMA.migrations) db.exec(migration);
    db.exec(
      "INSERT INTO clients VALUES (1, 'desk');" +
        "INSERT INTO sessions (number, id, client, token_name, cookie, highest, stored, equal) " +
        "VALUES (1, 'a', 1, '', x'', 4, 3, 1), (2, 'b', 1, '', x'', 1, 1, 0);" +
        "INSERT INTO samples (client, time_us, session, sequence, received_us) " +
        "VALUES (1, 10, 1, 1, 0), (1, 20, 1, 2, 0), (1, 30, 1, 4, 0), (1, 40, 2, 1, 0);" + sql,
    );
    db.close();
    const all = sent.map((one) => ({ clientId: "desk", id: "a", taken: 4, dropped: 0, ...one }));
    return checkSessions(path, all);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("checkSessions() accepts a store that has each sample once", async () => {
  assert.deepEqual(await faultsOf("", {}, { id: "b", taken: 1 }), []);
});

Deno.test("checkSessions() finds samples that are lost, doubled or not accounted for", async () => {
  assert.deepEqual(await faultsOf("DELETE FROM samples WHERE time_us = 20", {}), [
    "desk: 3 stored, 2 rows with 2 numbers",
  ]);
  assert.deepEqual(await faultsOf("UPDATE samples SET sequence = 1 WHERE time_us = 20", {}), [
    "desk: 3 stored, 3 rows with 2 numbers",
  ]);
  assert.deepEqual(await faultsOf("UPDATE sessions SET equal = 0", {}), [
    "desk: 4 samples came, 3 stored + 0 equal",
  ]);
  assert.deepEqual(await faultsOf("", { taken: 5 }), [
    "desk: took 5 samples, 4 are with the server",
  ]);
  assert.deepEqual(await faultsOf("", { dropped: 2 }), ["desk: 2 samples dropped"]);
  assert.deepEqual(await faultsOf("", { clientId: "attic" }), [
    "attic: took 4 samples, 0 are with the server",
  ]);
  assert.deepEqual(await faultsOf("DELETE FROM samples; DELETE FROM sessions"), [
    "the store has no sessions",
  ]);
});
