import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { migrate, type StoreSchema, versionOf } from "../../lib/store/schema.ts";

const FIRST: StoreSchema = {
  applicationId: 0x74727878,
  migrations: ["CREATE TABLE clients (id TEXT NOT NULL UNIQUE) STRICT"],
};

/** A later version, as one could look. */
const NEXT: StoreSchema = {
  ...FIRST,
  migrations: [
    ...FIRST.migrations,
    "ALTER TABLE clients ADD COLUMN note TEXT; UPDATE clients SET note = 'old'",
  ],
};

Deno.test("migrate() takes an older store to the newest version and keeps what it holds", () => {
  const db = new DatabaseSync(":memory:");
  migrate(db, "x", FIRST);
  db.exec("INSERT INTO clients (id) VALUES ('ada')");
  migrate(db, "x", NEXT);
  assert.equal(versionOf(db, "x", NEXT), 2);
  assert.deepEqual({ ...db.prepare("SELECT id, note FROM clients").get() }, {
    id: "ada",
    note: "old",
  });
  migrate(db, "x", NEXT);
  assert.throws(() => migrate(db, "x", FIRST), { code: "newer", message: /version 2, known: 1/ });
  db.close();
});

Deno.test("migrate() changes nothing when a step fails", () => {
  const db = new DatabaseSync(":memory:");
  migrate(db, "x", FIRST);
  const broken = { ...NEXT, migrations: [...NEXT.migrations, "SELECT * FROM nothing"] };
  assert.throws(() => migrate(db, "x", broken), /nothing/);
  assert.equal(versionOf(db, "x", FIRST), 1);
  assert.throws(() => db.prepare("SELECT note FROM clients"));
  db.close();
});

Deno.test("migrate() refuses a database of something else, also of another service", () => {
  const db = new DatabaseSync(":memory:");
  db.exec("CREATE TABLE t (x)");
  assert.throws(() => migrate(db, "x", FIRST), { code: "not-a-store" });
  db.close();
  const other = new DatabaseSync(":memory:");
  migrate(other, "x", FIRST);
  const schema = { ...FIRST, applicationId: 0x74727979 };
  assert.throws(() => migrate(other, "x", schema), { code: "not-a-store" });
  other.close();
});
