import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { migrate, MIGRATIONS, versionOf } from "../../../lib/collect/store/sqlite_schema.ts";

/** A later version, as one could look. */
const NEXT = "ALTER TABLE clients ADD COLUMN note TEXT; UPDATE clients SET note = 'old'";

Deno.test("migrate() takes an older store to the newest version and keeps what it holds", () => {
  const db = new DatabaseSync(":memory:");
  migrate(db, "x");
  db.exec("INSERT INTO clients (id) VALUES ('ada')");
  migrate(db, "x", [...MIGRATIONS, NEXT]);
  assert.equal(versionOf(db, "x", [...MIGRATIONS, NEXT]), 2);
  assert.deepEqual({ ...db.prepare("SELECT id, note FROM clients").get() }, {
    id: "ada",
    note: "old",
  });
  migrate(db, "x", [...MIGRATIONS, NEXT]);
  assert.throws(() => migrate(db, "x"), { code: "newer", message: /version 2, known: 1/ });
  db.close();
});

Deno.test("migrate() changes nothing when a step fails", () => {
  const db = new DatabaseSync(":memory:");
  migrate(db, "x");
  assert.throws(() => migrate(db, "x", [...MIGRATIONS, NEXT, "SELECT * FROM nothing"]), /nothing/);
  assert.equal(versionOf(db, "x"), 1);
  assert.throws(() => db.prepare("SELECT note FROM clients"));
  db.close();
});

Deno.test("migrate() refuses a database of something else", () => {
  const db = new DatabaseSync(":memory:");
  db.exec("CREATE TABLE t (x)");
  assert.throws(() => migrate(db, "x"), { code: "not-a-store" });
  db.close();
});
