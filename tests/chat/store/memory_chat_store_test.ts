/** The store in memory keeps the contract of stores. */
import assert from "node:assert/strict";
import { MemoryChatStore } from "../../../lib/chat/store/memory_chat_store.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { chatStoreContract } from "./conformance.ts";
import { cookie, lobby } from "./store_samples.ts";

chatStoreContract("MemoryChatStore", () => Promise.resolve(new MemoryChatStore()), 300);

Deno.test("MemoryChatStore rejects writes while it is told to be in trouble", async () => {
  await using store = new MemoryChatStore();
  await store.open("a1", cookie, { clientId: "ada", tokenName: "" }, 1);
  store.trouble = new StoreError("full", "Cannot write it: there is no room left");
  await assert.rejects(store.append([lobby(1, 1, "a")]), { code: "full" });
  assert.deepEqual((await store.linesAfter("#lobby", 0, 9)).lines, []);
  store.trouble = undefined;
  assert.deepEqual(await store.append([lobby(1, 1, "a")]), [{ kind: "room", id: 1 }]);
});
