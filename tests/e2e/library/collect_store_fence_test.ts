/** What follows a failed write in its session must not be stored without it. */
import assert from "node:assert/strict";
import { openDatabase } from "../../../lib/store/open_database.ts";
import { COLLECT_SCHEMA } from "../../../lib/collect/store/sqlite_schema.ts";
import { SqliteWriter } from "../../../lib/collect/store/sqlite_writer.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { WritePack } from "../../../lib/collect/store/write_pack.ts";
import { batchOf, cookie } from "../../collect/store/conformance.ts";
import { TempFolder } from "./temp_folder.ts";

/** Samples that do not fit into the store. */
const MANY = 40_000;

function request(epoch: number, firstSequence: number, count: number) {
  const pack = new WritePack();
  const times = Array.from({ length: count }, (_, i) => firstSequence + i);
  pack.addBatch(batchOf("a1", firstSequence, times)).catch(() => {});
  return pack.request(epoch);
}

Deno.test("SqliteWriter writes nothing that was sent before a failure was known", async () => {
  await using folder = new TempFolder();
  const path = `${folder.path}/store.db`;
  const { db, lock } = openDatabase(
    { path, isReader: false, maxBytes: 512 * 1024 },
    COLLECT_SCHEMA,
  );
  const writer = new SqliteWriter(db, { path, retryMs: 0, nowMs: () => performance.now() });
  const open = new WritePack();
  const owner = { clientId: "ada", tokenName: "" };
  open.addNote({ kind: "open", session: "a1", cookie, ...owner }).catch(() => {});
  writer.write(open.request(0));
  const highest = () => db.prepare("SELECT highest FROM sessions").get()?.highest;
  writer.write(request(0, 1, 10));
  assert.equal(highest(), 10);
  const isFull = (error: unknown) => error instanceof StoreError && error.code === "full";
  assert.throws(() => writer.write(request(0, 11, MANY)), isFull);
  // It would fit, and so would jump over what did not.
  assert.throws(() => writer.write(request(0, 11 + MANY, 1)), isFull);
  assert.equal(highest(), 10);
  writer.write(request(1, 11, 1));
  assert.equal(highest(), 11);
  db.close();
  lock?.close();
});
