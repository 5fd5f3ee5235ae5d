/** A store that takes nothing for a while, and the end of a server. */
import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import { MAX_UNCOMMITTED } from "../../../lib/chat/limits.ts";
import { MemoryChatStore } from "../../../lib/chat/store/memory_chat_store.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { ChatWorld } from "../chat_world.ts";
import { HeldChatStore } from "../store/held_chat_store.ts";

const FULL = new StoreError("full", "Cannot write: no space left");

Deno.test("ChatServer loses nothing and keeps the order while the store takes nothing", async () => {
  const store = new MemoryChatStore();
  await using world = await ChatWorld.create({ store });
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  ada.say("before");
  await settle();
  store.trouble = FULL;
  for (let i = 0; i < 10; i++) {
    ada.say(`a${i}`);
    bob.say(`b${i}`);
    await world.clock.advance(700);
  }
  assert.deepEqual(ada.texts(), ["before"]);
  assert.deepEqual(ada.seen.acks, [1]);
  assert.deepEqual(ada.seen.notices.map(({ code }) => code), ["store-full"]);
  assert.deepEqual(bob.seen.notices.map(({ code }) => code), ["store-full"]);
  assert.equal(world.troubles.length, 1);
  store.trouble = undefined;
  await world.clock.advance(1000);
  assert.deepEqual(ada.seen.notices.map(({ code }) => code), ["store-full", "store-back"]);
  const wanted = Array.from({ length: 10 }, (_, i) => [`a${i}`, `b${i}`]).flat();
  assert.deepEqual(ada.texts(), ["before", ...wanted]);
  assert.deepEqual(bob.texts(), ada.texts());
  assert.equal(ada.seen.acks.at(-1), 11);
  const { lines } = await store.linesAfter("#lobby", 0, 500);
  assert.deepEqual(lines.map(({ text }) => text), ["before", ...wanted]);
});

Deno.test("ChatServer keeps the order of what came while a commit was about to fail", async () => {
  const store = new HeldChatStore();
  await using world = await ChatWorld.create({ store });
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  for (let round = 0; round < 3; round++) {
    store.hold();
    ada.say(`first ${round}`);
    await settle();
    bob.say(`second ${round}`);
    await settle();
    store.trouble = FULL;
    store.release();
    await settle();
    ada.say(`third ${round}`);
    await settle();
    store.trouble = undefined;
    bob.say(`fourth ${round}`);
    await world.clock.advance(1001);
    await settle();
  }
  const wanted = [0, 1, 2].flatMap((round) =>
    ["first", "second", "third", "fourth"].map((word) => `${word} ${round}`)
  );
  assert.deepEqual(ada.texts(), wanted);
  assert.deepEqual(bob.texts(), wanted);
});

Deno.test("ChatServer holds no more of a session than it may while the store takes nothing", async () => {
  const store = new MemoryChatStore();
  await using world = await ChatWorld.create({ store });
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  store.trouble = FULL;
  for (let i = 0; i < MAX_UNCOMMITTED; i++) ada.say(`line ${i}`);
  await settle();
  ada.say("too much");
  await settle();
  assert.equal(ada.report?.code, "overloaded");
  await ada.connect();
  await ada.join("#lobby", { after: 0 });
  for (let i = 0; i < MAX_UNCOMMITTED; i++) ada.say(`line ${i}`, "#lobby", i + 1);
  await settle();
  assert.equal(ada.connection?.isOpen, true, "what waits already is not taken twice");
  store.trouble = undefined;
  await world.clock.advance(1001);
  await settle();
  assert.equal(bob.texts().length, MAX_UNCOMMITTED);
  assert.equal(ada.seen.acks.at(-1), MAX_UNCOMMITTED);
});

Deno.test("ChatServer commits and acknowledges what it took before it ends", async () => {
  const store = new HeldChatStore();
  await using world = await ChatWorld.create({ store });
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  store.hold();
  for (let i = 0; i < 100; i++) ada.say(`line ${i}`);
  await settle();
  const stopped = world.stopServer();
  await settle();
  ada.say("too late");
  await settle();
  store.release();
  await stopped;
  assert.equal(bob.texts().length, 100);
  assert.equal(ada.seen.acks.at(-1), 100);
  assert.equal(ada.report?.code, "shutting-down");
  await world.serve();
  await ada.connect();
  assert.equal(Number(ada.connection?.terms.highestSequence), 100);
});

Deno.test("ChatServer announces its end, and lets nobody in before it", async () => {
  await using world = await ChatWorld.create();
  const [ada] = await world.members("#lobby", "ada");
  assert(ada);
  let reason: string | undefined;
  world.chat.ended.then((why) => reason = why);
  assert.equal((await world.console("!shutdown 30s new disk")).isDone, true);
  await settle();
  const [notice] = ada.seen.notices;
  assert.deepEqual([notice?.code, notice?.inMs, notice?.reason], ["shutdown", 30_000, "new disk"]);
  await assert.rejects(world.member("bob"), { code: "shutting-down" });
  ada.say("bye all");
  await world.clock.advance(29_900);
  assert.deepEqual(ada.texts(), ["bye all"]);
  assert.equal(reason, undefined);
  await world.clock.advance(101);
  assert.equal(reason, "new disk");
});

Deno.test("ChatServer gives ids that go on after it was killed", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  for (let i = 0; i < 3; i++) ada.say(`line ${i}`);
  await settle();
  await world.stopServer("kill");
  await world.serve();
  await bob.connect();
  await bob.join("#lobby", { after: 2 });
  await ada.connect();
  await ada.join("#lobby", { after: 3 });
  ada.say("after");
  await settle();
  assert.deepEqual(bob.seen.lines.slice(3).map(({ id, text }) => [id, text]), [
    [3, "line 2"],
    [4, "after"],
  ]);
  assert.deepEqual([bob.you.author, ada.you.author], [2, 1]);
});
