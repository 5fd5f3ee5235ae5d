/** Whoever is too fast or too slow, and what the others notice of it: nothing. */
import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import { MAX_ROOMS, MAX_UNCOMMITTED } from "../../../lib/chat/limits.ts";
import { ChatWorld } from "../chat_world.ts";
import { HeldChatStore } from "../store/held_chat_store.ts";

Deno.test("ChatServer cuts a slow reader with a reason, and the others get everything", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob, eve] = await world.members("#lobby", "ada", "bob", "eve");
  assert(ada && bob && eve);
  eve.link?.back.stall();
  const text = "x".repeat(4000);
  for (let i = 0; i < 1600; i++) {
    ada.say(text);
    if (i % 100 === 99) await settle();
  }
  for (let i = 0; i < 20; i++) await settle();
  assert.equal(bob.texts().length, 1600);
  assert.equal(ada.seen.acks.at(-1), 1600);
  assert.deepEqual([...world.chat.membersOf("#lobby")].map(({ nick }) => nick), ["ada", "bob"]);
  await world.clock.advance(2000);
  const [left] = bob.seen.presence;
  assert.deepEqual([left?.what, left?.nick, left?.reason], [
    "left",
    "eve",
    "cut: it reads too slowly",
  ]);
});

Deno.test("ChatServer takes a flood at its pace and in order", async () => {
  await using world = await ChatWorld.create({ pace: 10 });
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  await world.clock.advance(10_000);
  const wanted = Array.from({ length: 100 }, (_, i) => `line ${i}`);
  for (const text of wanted) ada.say(text);
  await settle();
  assert.equal(bob.texts().length, 40);
  assert.deepEqual(ada.seen.notices.map(({ code }) => code), ["pace"]);
  assert.equal(ada.seen.acks.at(-1), 40);
  await world.clock.advance(1000);
  assert.equal(bob.texts().length, 50);
  bob.say("I too");
  await settle();
  assert.equal(bob.texts().at(-1), "I too");
  await world.clock.advance(5100);
  assert.deepEqual(bob.texts().filter((text) => text !== "I too"), wanted);
  assert.equal(ada.seen.notices.length, 1);
  assert.equal(world.clock.pendingTimers < 20, true);
});

Deno.test("ChatServer cuts whoever sends far more than its pace, and says why", async () => {
  await using world = await ChatWorld.create({ pace: 10 });
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  await world.clock.advance(10_000);
  for (let i = 0; i < 40 + MAX_UNCOMMITTED; i++) ada.say(`line ${i}`);
  await settle();
  assert.equal(ada.connection?.isOpen, true);
  ada.say("one more");
  await settle();
  await settle();
  assert.equal(ada.report?.code, "chat.flood");
  assert.match(ada.report?.message ?? "", /sent 257 lines without waiting/);
  assert.equal(bob.texts().length, 40);
  await world.clock.advance(60_000);
  assert.equal(bob.texts().length, 40, "what was not taken is not said");
  assert.equal(bob.seen.presence[0]?.reason, "cut: it sends too much");
});

Deno.test("ChatServer cuts whoever does not wait for acknowledgements", async () => {
  const store = new HeldChatStore();
  await using world = await ChatWorld.create({ store });
  const [ada] = await world.members("#lobby", "ada");
  assert(ada);
  store.hold();
  for (let i = 0; i < MAX_UNCOMMITTED; i++) ada.say(`line ${i}`);
  await settle();
  assert.equal(ada.connection?.isOpen, true);
  ada.say("one more");
  await settle();
  assert.equal(ada.report?.code, "chat.flood");
  store.release();
});

Deno.test("ChatServer lets those who were away send what they typed meanwhile at once", async () => {
  await using world = await ChatWorld.create({ pace: 10 });
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  await world.clock.advance(61_000);
  await ada.lose();
  await world.clock.advance(20_000);
  await ada.connect();
  await ada.join("#lobby", { after: 0 });
  for (let i = 0; i < 200; i++) ada.say(`line ${i}`);
  await settle();
  await settle();
  assert.equal(bob.texts().length, 200);
  await ada.lose();
  await ada.connect();
  await ada.join("#lobby", { after: 200 });
  for (let i = 0; i < 60; i++) ada.say(`again ${i}`);
  await settle();
  await settle();
  assert.equal(bob.texts().length, 200 + 39, "who was away for a moment has no more than others");
  await world.clock.advance(3000);
  assert.equal(bob.texts().length, 260);
});

Deno.test("ChatServer lets those who were away send more at once only once", async () => {
  await using world = await ChatWorld.create({ pace: 10 });
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  await world.clock.advance(61_000);
  await ada.lose();
  await world.clock.advance(20_000);
  await ada.connect();
  await ada.join("#lobby", { after: 0 });
  for (let i = 0; i < 250; i++) ada.say(`line ${i}`);
  await world.clock.advance(20_000);
  assert.equal(bob.texts().length, 250);
  for (let i = 0; i < 60; i++) ada.say(`more ${i}`);
  await settle();
  await settle();
  assert.equal(bob.texts().length, 290);
});

Deno.test("ChatServer lets nobody into too many rooms, or into a room without a right name", async () => {
  await using world = await ChatWorld.create();
  const ada = await world.member("ada");
  for (let i = 0; i < MAX_ROOMS; i++) await ada.join(`#room${i}`);
  ada.forget();
  for (const room of ["#more", "#", "lobby", "", "@bob", "#a b"]) {
    ada.forget();
    await ada.join(room);
    assert.deepEqual(ada.seen.frames, ["notice"], room);
    assert.equal(ada.seen.notices[0]?.code, "room-refused", room);
  }
  ada.send("leave", { room: "#ROOM0" });
  await ada.join("#more");
  assert.equal(ada.seen.rooms[0]?.room, "#more");
  assert.equal([...world.chat.rooms()].length, MAX_ROOMS, "an empty room without lines is gone");
});

Deno.test("ChatServer shows older lines of rooms that one is in, and of no other", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  for (let i = 1; i <= 30; i++) ada.say(`line ${i}`);
  await settle();
  bob.forget();
  bob.send("history", { room: "#lobby", before: 21, limit: 10 });
  await settle();
  assert.deepEqual(bob.seen.lines.map(({ id }) => id), [11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  const { room, to, first, last, hasOlder } = bob.seen.pages[0]!;
  assert.deepEqual([room, to, first, last, hasOlder], ["#lobby", "history", 11, 20, true]);
  bob.forget();
  bob.send("history", { room: "#lobby", before: 1, limit: 10 });
  await settle();
  assert.deepEqual(bob.seen.pages, [
    { room: "#lobby", to: "history", first: 0, last: 0, hasOlder: false },
  ]);
  const eve = await world.member("eve");
  eve.send("history", { room: "#lobby", before: 0, limit: 10 });
  await settle();
  assert.equal(eve.seen.lines.length, 0);
  assert.equal(eve.seen.notices[0]?.code, "room-refused");
});

Deno.test("ChatServer cuts whoever asks for more than it waits for", async () => {
  for (const kind of ["history", "command"] as const) {
    const store = new HeldChatStore();
    await using world = await ChatWorld.create({ store });
    const [ada] = await world.members("#lobby", "ada");
    assert(ada);
    store.hold(); // what is read waits behind what is written
    ada.say("first");
    await settle();
    for (let i = 0; i < 65; i++) {
      if (kind === "history") ada.send("history", { room: "#lobby", before: 0, limit: 500 });
      else ada.send("command", "!list");
    }
    await settle();
    await settle();
    assert.equal(ada.report?.code, "chat.flood", kind);
    store.release();
  }
});
