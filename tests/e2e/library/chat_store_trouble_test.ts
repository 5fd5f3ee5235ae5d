/** Stores of chat on full disks, that cannot be written, or that are not what they should be. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { ChatStore } from "../../../lib/chat/store/chat_store.ts";
import { openSqliteChatStore } from "../../../lib/chat/store/sqlite_chat_store.ts";
import { openSqliteStore } from "../../../lib/collect/store/sqlite_store.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { cookie, lobby } from "../../chat/store/store_samples.ts";
import { openTemporaryChat } from "./chat_store_fixture.ts";
import { canMount, smallDisk } from "./small_disk.ts";
import { TempFolder } from "./temp_folder.ts";

const KIB = 1024;
const TEXT = "x".repeat(200);
const NOWHERE = { kind: "nowhere" } as const;

async function openAda(store: ChatStore): Promise<void> {
  await store.open("a1", cookie, { clientId: "ada", tokenName: "" }, 1);
}

/** Lines of ada, from a sequence on. */
function linesFrom(sequence: number, count: number) {
  return Array.from({ length: count }, (_, i) => lobby(1, sequence + i, TEXT));
}

/** Appends until the store is full; says how many lines it took. */
async function fill(store: ChatStore): Promise<number> {
  for (let sequence = 1;; sequence += 20) {
    try {
      await store.append(linesFrom(sequence, 20));
    } catch (error) {
      assert(error instanceof StoreError);
      assert.equal(error.code, "full", error.message);
      return sequence - 1;
    }
    assert(sequence < 1e5, "it never was full");
  }
}

async function hasExactly(store: ChatStore, count: number): Promise<void> {
  const { lines } = await store.linesAfter("#lobby", 0, 1e6);
  assert.deepEqual(lines.map(({ id }) => id), Array.from({ length: count }, (_, i) => i + 1));
  assert.equal((await store.find("a1"))?.highestSequence, count);
}

/** Appends one line again and again until the store takes it. */
async function appendAtLast(store: ChatStore, sequence: number): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  for (;;) {
    try {
      assert.deepEqual(await store.append(linesFrom(sequence, 1)), [{
        kind: "room",
        id: sequence,
      }]);
      return;
    } catch (error) {
      if (!(error instanceof StoreError) || performance.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

Deno.test("append() of openSqliteChatStore() stores nothing of what goes beyond its size", async () => {
  await using store = await openTemporaryChat({ maxBytes: 128 * KIB, retryMs: 0 });
  await openAda(store);
  const count = await fill(store);
  assert(count > 100);
  await hasExactly(store, count);
});

Deno.test("append() of openSqliteChatStore() rejects what follows on a failure, and goes on", async () => {
  await using store = await openTemporaryChat({ maxBytes: 128 * KIB, retryMs: 0 });
  await openAda(store);
  const tooMuch = store.append(linesFrom(1, 2000));
  // The rest would fit, and so would jump over what did not. These are three transactions, of which
  // two are on their way and one waits.
  const nowhere = linesFrom(2002, 2000).map((line) => ({ ...line, to: NOWHERE }));
  const next = store.append([...linesFrom(2001, 1), ...nowhere]);
  const last = store.append(linesFrom(4002, 1));
  const seen = store.noteSeen(1, 77);
  const settled = await Promise.allSettled([tooMuch, next, last, seen]);
  for (const result of settled) {
    assert(result.status === "rejected" && result.reason.code === "full");
  }
  await hasExactly(store, 0);
  await appendAtLast(store, 1);
  await hasExactly(store, 1);
});

Deno.test("append() of openSqliteChatStore() does not try again and again while full", async () => {
  await using store = await openTemporaryChat({ maxBytes: 128 * KIB, retryMs: 3_600_000 });
  await openAda(store);
  await assert.rejects(store.append(linesFrom(1, 2000)), { code: "full" });
  // One line would still fit.
  await assert.rejects(store.append(linesFrom(1, 1)), { code: "full" });
  await hasExactly(store, 0);
});

Deno.test({
  name: "append() of openSqliteChatStore() rejects on a full disk and goes on when there is room",
  ignore: !canMount,
  async fn() {
    await using disk = await smallDisk();
    await Deno.writeFile(`${disk.path}/ballast`, new Uint8Array(400 * KIB));
    const path = `${disk.path}/chat.sqlite`;
    let count: number;
    {
      await using store = await openSqliteChatStore(path, { retryMs: 50 });
      await openAda(store);
      count = await fill(store);
      assert(count > 20);
      await hasExactly(store, count);
      await Deno.remove(`${disk.path}/ballast`);
      await appendAtLast(store, ++count);
      await hasExactly(store, count);
    }
    await using store = await openSqliteChatStore(path);
    await hasExactly(store, count);
  },
});

Deno.test({
  name: "openSqliteChatStore() says that a file system cannot be written, new file or old",
  ignore: !canMount,
  async fn() {
    await using disk = await smallDisk();
    const path = `${disk.path}/chat.sqlite`;
    await (await openSqliteChatStore(path))[Symbol.asyncDispose]();
    await disk.remount("ro");
    await assert.rejects(openSqliteChatStore(path), { code: "read-only" });
    await assert.rejects(openSqliteChatStore(`${disk.path}/new`), { code: "read-only" });
    await disk.remount("rw");
  },
});

Deno.test("openSqliteChatStore() tells what is no store of chat, and leaves it as it is", async () => {
  await using folder = new TempFolder();
  const path = `${folder.path}/x`;
  for (const text of ["S", "x".repeat(5000)]) {
    await Deno.writeTextFile(path, text);
    await assert.rejects(openSqliteChatStore(path), { code: "not-a-store" });
    assert.equal(await Deno.readTextFile(path), text);
  }
  const collect = `${folder.path}/collect.sqlite`;
  await (await openSqliteStore(collect))[Symbol.asyncDispose]();
  const bytes = await Deno.readFile(collect);
  await assert.rejects(openSqliteChatStore(collect), { code: "not-a-store" });
  await assert.rejects(openSqliteChatStore(collect, { isReader: true }), { code: "not-a-store" });
  assert.deepEqual(await Deno.readFile(collect), bytes);
  const missing = openSqliteChatStore(`${folder.path}/none`, { isReader: true });
  await assert.rejects(missing, { code: "other", message: /there is no such store$/ });
});

Deno.test("openSqliteChatStore() leaves a store of a newer tram alone", async () => {
  await using folder = new TempFolder();
  const path = `${folder.path}/chat.sqlite`;
  await (await openSqliteChatStore(path))[Symbol.asyncDispose]();
  const db = new DatabaseSync(path);
  db.exec("PRAGMA user_version = 99");
  db.close();
  const message = /version 99, known: 1/;
  await assert.rejects(openSqliteChatStore(path), { code: "newer", message });
  await assert.rejects(openSqliteChatStore(path, { isReader: true }), { code: "newer", message });
});

Deno.test("openSqliteChatStore() lets one server in, and readers", async () => {
  await using folder = new TempFolder();
  const path = `${folder.path}/chat.sqlite`;
  await using store = await openSqliteChatStore(path);
  await openAda(store);
  await store.append(linesFrom(1, 2));
  const second = openSqliteChatStore(path);
  await assert.rejects(second, { code: "locked", message: new RegExp(`process ${Deno.pid} `) });
  await using reader = await openSqliteChatStore(path, { isReader: true });
  await hasExactly(reader, 2);
  await store.append(linesFrom(3, 1));
  await hasExactly(reader, 3);
  await assert.rejects(reader.append(linesFrom(4, 1)), { code: "read-only" });
  await assert.rejects(reader.setNick(1, "ada", 1), { code: "read-only" });
});

Deno.test("openSqliteChatStore() has what it had when it is opened again", async () => {
  await using folder = new TempFolder();
  const path = `${folder.path}/chat.sqlite`;
  const { storeId } = await (async () => {
    await using store = await openSqliteChatStore(path);
    await openAda(store);
    await store.append([...linesFrom(1, 2), { ...lobby(0, 0, "bye") }]);
    await store.setNick(1, "ada", 9);
    return await store.load();
  })();
  const files = [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort();
  assert.deepEqual(files, ["chat.sqlite", "chat.sqlite-lock"]);
  assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
  await using store = await openSqliteChatStore(path);
  const snapshot = await store.load();
  assert.equal(snapshot.storeId, storeId);
  assert.deepEqual(snapshot.rooms, [{ room: "#lobby", last: 3 }]);
  assert.deepEqual(snapshot.named.map(({ nick }) => nick), ["ada"]);
  assert.deepEqual(await store.append(linesFrom(2, 2)), [
    { kind: "repeated" },
    { kind: "room", id: 4 },
  ]);
});
