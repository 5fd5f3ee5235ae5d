/** The store in memory keeps the contract of stores. */
import assert from "node:assert/strict";
import { MemoryStore } from "../../../lib/collect/store/memory_store.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { batchOf, cookie, storeContract } from "./conformance.ts";

storeContract("MemoryStore", () => Promise.resolve(new MemoryStore()), 200);

Deno.test("MemoryStore rejects writes while it is told to be in trouble", async () => {
  await using store = new MemoryStore();
  await store.open("a1", cookie, { clientId: "ada", tokenName: "" });
  store.trouble = new StoreError("full", "Cannot write it: there is no room left");
  await assert.rejects(store.append(batchOf("a1", 1, [1])), { code: "full" });
  store.trouble = undefined;
  assert.equal((await store.append(batchOf("a1", 1, [1]))).stored, 1);
});
