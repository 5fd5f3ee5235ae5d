import assert from "node:assert/strict";
import { lobby, withSessions } from "./store_samples.ts";
import { HeldChatStore } from "./held_chat_store.ts";

Deno.test("HeldChatStore commits nothing while it holds, then all of it in order", async () => {
  await using store = new HeldChatStore();
  await withSessions(() => Promise.resolve(store));
  store.hold();
  const first = store.append([lobby(1, 1, "a")]);
  assert.deepEqual((await store.linesAfter("#lobby", 0, 9)).lines, []);
  store.release();
  const second = store.append([lobby(2, 1, "b")]);
  assert.deepEqual(await second, [{ kind: "room", id: 2 }]);
  assert.deepEqual(await first, [{ kind: "room", id: 1 }]);
});
