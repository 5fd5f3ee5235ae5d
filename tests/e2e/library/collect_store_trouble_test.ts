/** Full disks, files that cannot be written, and files that are not what they should be. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { CollectStore } from "../../../lib/collect/store/collect_store.ts";
import { openSqliteStore } from "../../../lib/collect/store/sqlite_store.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { batchOf, cookie, exported } from "../../collect/store/conformance.ts";
import { openTemporary } from "./collect_store_fixture.ts";
import { canMount, smallDisk } from "./small_disk.ts";
import { TempFolder } from "./temp_folder.ts";

const KIB = 1024;
const owner = { clientId: "ada", tokenName: "" };

/** Appends batches of 500 until the store is full; says how many samples it took. */
async function fill(store: CollectStore): Promise<number> {
  for (let sequence = 1;; sequence += 500) {
    const times = Array.from({ length: 500 }, (_, i) => sequence + i);
    try {
      await store.append(batchOf("a1", sequence, times, undefined, sequence));
    } catch (error) {
      assert(error instanceof StoreError);
      assert.equal(error.code, "full", error.message);
      return sequence - 1;
    }
    assert(sequence < 1e6, "it never was full");
  }
}

/** Waits until the store takes a batch again; it may refuse without trying for a while. */
async function appendAtLast(store: CollectStore, sequence: number): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  for (;;) {
    try {
      await store.append(batchOf("a1", sequence, [sequence], undefined, sequence));
      return;
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function hasExactly(store: CollectStore, count: number): Promise<void> {
  const { samples } = await exported(store);
  assert.equal(samples.length, count);
  assert(samples.every(({ sequence, timeUs }, i) => sequence === i + 1 && timeUs === i + 1));
  assert.equal((await store.find("a1"))?.highestSequence, BigInt(count));
}

Deno.test("append() of openSqliteStore() stores nothing of what goes beyond its size", async () => {
  await using store = await openTemporary({ maxBytes: 256 * KIB, retryMs: 0 });
  await store.open("a1", cookie, owner);
  const count = await fill(store);
  assert(count > 1000);
  await hasExactly(store, count);
  assert.equal(await store.removeBefore(count - 500), count - 500);
  const again = await store.append(batchOf("a1", count + 1, [count + 1]));
  assert.equal(again.stored, 1);
});

Deno.test("append() of openSqliteStore() does not try again and again while full", async () => {
  await using store = await openTemporary({ maxBytes: 256 * KIB, retryMs: 3_600_000 });
  await store.open("a1", cookie, owner);
  const count = await fill(store);
  // One sample would still fit.
  const one = store.append(batchOf("a1", count + 1, [count + 1]));
  await assert.rejects(one, { code: "full" });
  await hasExactly(store, count);
});

Deno.test({
  name: "append() of openSqliteStore() rejects on a full disk and goes on when there is room",
  ignore: !canMount,
  async fn() {
    await using disk = await smallDisk();
    await Deno.writeFile(`${disk.path}/ballast`, new Uint8Array(400 * KIB));
    const path = `${disk.path}/store.db`;
    let count: number;
    {
      await using store = await openSqliteStore(path, { retryMs: 50 });
      await store.open("a1", cookie, owner);
      count = await fill(store);
      assert(count > 500);
      await hasExactly(store, count);
      await Deno.remove(`${disk.path}/ballast`);
      await appendAtLast(store, ++count);
      await hasExactly(store, count);
    }
    await using store = await openSqliteStore(path);
    await hasExactly(store, count);
  },
});

Deno.test({
  name: "openSqliteStore() says that a file system cannot be written, new file or old",
  ignore: !canMount,
  async fn() {
    await using disk = await smallDisk();
    const path = `${disk.path}/store.db`;
    await (await openSqliteStore(path))[Symbol.asyncDispose]();
    await disk.remount("ro");
    await assert.rejects(openSqliteStore(path), { code: "read-only" });
    await assert.rejects(openSqliteStore(`${disk.path}/new.db`), { code: "read-only" });
    await disk.remount("rw");
    await (await openSqliteStore(path))[Symbol.asyncDispose]();
  },
});

Deno.test("openSqliteStore() tells what is no store, and leaves it as it is", async () => {
  await using folder = new TempFolder();
  const path = `${folder.path}/x`;
  for (const text of ["S", "hello, world\n", "x".repeat(5000)]) {
    await Deno.writeTextFile(path, text);
    await assert.rejects(openSqliteStore(path), { code: "not-a-store" });
    assert.equal(await Deno.readTextFile(path), text);
  }
  const foreign = `${folder.path}/foreign`;
  const db = new DatabaseSync(foreign);
  db.exec("CREATE TABLE t (x)");
  db.close();
  const bytes = await Deno.readFile(foreign);
  await assert.rejects(openSqliteStore(foreign), { code: "not-a-store" });
  assert.deepEqual(await Deno.readFile(foreign), bytes);
  await assert.rejects(openSqliteStore(folder.path), { code: "not-a-store" });
  const missing = openSqliteStore(`${folder.path}/no/x`);
  await assert.rejects(missing, { code: "other", message: /there is no folder .*\/no$/ });
});

Deno.test("openSqliteStore() leaves a store of a newer tram alone", async () => {
  await using folder = new TempFolder();
  const path = `${folder.path}/store.db`;
  await (await openSqliteStore(path))[Symbol.asyncDispose]();
  const db = new DatabaseSync(path);
  db.exec("PRAGMA user_version = 99");
  db.close();
  await assert.rejects(openSqliteStore(path), { code: "newer", message: /version 99, known: 1/ });
});

Deno.test("openSqliteStore() lets one server in, under any name, and readers", async () => {
  await using folder = new TempFolder();
  const path = `${folder.path}/store.db`;
  await using store = await openSqliteStore(path);
  await store.open("a1", cookie, owner);
  await store.append(batchOf("a1", 1, [1, 2]));
  await Deno.symlink(path, `${folder.path}/link`);
  for (
    const name of [
      path,
      `${folder.path}/link`,
      `${folder.path}/../${folder.path.split("/").at(-1)}/store.db`,
    ]
  ) {
    const second = openSqliteStore(name);
    await assert.rejects(second, { code: "locked", message: new RegExp(`process ${Deno.pid} `) });
  }
  await using reader = await openSqliteStore(path, { isReader: true });
  await hasExactly(reader, 2);
  await store.append(batchOf("a1", 3, [3]));
  await hasExactly(reader, 3);
  await assert.rejects(reader.append(batchOf("a1", 4, [4])), { code: "read-only" });
});

Deno.test("openSqliteStore() makes a file that nobody else may read, and one file when closed", async () => {
  await using folder = new TempFolder();
  const store = await openSqliteStore(`${folder.path}/store.db`);
  await store.open("a1", cookie, owner);
  const files = () => [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort();
  assert.deepEqual(files(), ["store.db", "store.db-lock", "store.db-shm", "store.db-wal"]);
  for (const name of files()) {
    assert.equal((Deno.statSync(`${folder.path}/${name}`).mode ?? 0) & 0o777, 0o600, name);
  }
  await store[Symbol.asyncDispose]();
  assert.deepEqual(files(), ["store.db", "store.db-lock"]);
});
