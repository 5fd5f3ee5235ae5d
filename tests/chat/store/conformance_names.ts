import assert from "node:assert/strict";
import type { ModerationAction } from "../../../lib/chat/store/chat_store.ts";
import {
  ALL,
  type ChatStoreMaker,
  entryOf,
  isStoreError,
  lobby,
  withSessions,
} from "./store_samples.ts";

/** What every store of chat knows of people: run as a part of `chatStoreContract`. */
export function namesContract(name: string, make: ChatStoreMaker): void {
  Deno.test(`load() of ${name} tells rooms, names, ranks and pairs`, async () => {
    await using store = await withSessions(make);
    await store.append([lobby(1, 1, "a"), lobby(1, 2, "b")]);
    await store.append([{ ...lobby(1, 3, "c"), to: { kind: "room", room: "#dev" } }]);
    await store.setNick(2, "bob", 700);
    await store.moderate(entryOf("op", "token:ada"));
    await store.appendRelay(3, ["1", "2"]);
    const { storeId: _, ...snapshot } = await store.load();
    assert.deepEqual(snapshot, {
      rooms: [{ room: "#lobby", last: 2 }, { room: "#dev", last: 1 }],
      named: [{
        ...{ author: 2, session: "b1", clientId: "client 2", tokenName: "", nick: "bob" },
        ...{ inboxLast: 0, seenUs: 700 },
      }],
      sanctions: [],
      operators: ["token:ada"],
      pairs: [{ pair: 3, events: ["1", "2"] }],
      lastPair: 3,
    });
  });

  Deno.test(`setNick() of ${name} takes a name from whoever had it`, async () => {
    await using store = await withSessions(make);
    await store.setNick(1, "ada", 1);
    await store.setNick(2, "ada", 2);
    await store.setNick(3, "carl", 3);
    await store.setNick(3, "", 4);
    assert.deepEqual((await store.load()).named.map(({ author, nick }) => [author, nick]), [
      [2, "ada"],
    ]);
    await store.setNick(2, "ada", 5);
    assert.equal((await store.find("b1"))?.nick, "ada");
    await assert.rejects(store.setNick(9, "bob", 5), isStoreError("other", /author 9/));
  });

  Deno.test(`noteSeen() of ${name} keeps the newest call, wherever the clock is`, async () => {
    await using store = await withSessions(make);
    await store.noteSeen(1, 900);
    await store.noteSeen(1, 800);
    assert.equal((await store.find("a1"))?.seenUs, 800);
    await assert.rejects(store.noteSeen(9, 1), isStoreError("other", /author 9/));
  });

  Deno.test(`moderate() of ${name} keeps what holds, and all that was done`, async () => {
    await using store = await withSessions(make);
    const actions: [ModerationAction, string][] = [
      ["ban", "token:bob"],
      ["suspend", "token:bob"],
      ["ban", "session:3"],
      ["op", "token:ada"],
      ["op", "token:ada"],
      ["op", "token:carl"],
      ["say", ""],
    ];
    const entries = actions.map(([action, identity], i) => entryOf(action, identity, i));
    for (const entry of entries) await store.moderate(entry);
    const longer = { ...entryOf("ban", "token:bob", 50), untilUs: 77 };
    await store.moderate(longer);
    const before = await store.load();
    assert.deepEqual(before.sanctions, [entries[1], entries[2], longer]);
    assert.deepEqual(before.operators, ["token:ada", "token:carl"]);
    await store.moderate(entryOf("forgive", "token:bob", 60));
    await store.moderate(entryOf("deop", "token:ada", 61));
    const after = await store.load();
    assert.deepEqual(after.sanctions, [entries[2]]);
    assert.deepEqual(after.operators, ["token:carl"]);
    const log = await store.moderationLog(ALL);
    assert.equal(log.length, actions.length + 3);
    assert.deepEqual(log.map(({ timeUs }) => timeUs), [61, 60, 50, 6, 5, 4, 3, 2, 1, 0]);
    assert.deepEqual(log[2], longer);
    assert.deepEqual((await store.moderationLog(2)).map(({ action }) => action), [
      "deop",
      "forgive",
    ]);
    await assert.rejects(store.moderate(entryOf("ban", "")), isStoreError("other", /nobody/));
  });
}
