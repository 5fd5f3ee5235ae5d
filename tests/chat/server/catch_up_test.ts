/** Whoever comes back gets what was missed: all of it, once, in order. */
import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import { sleep } from "../../../lib/clock/sleep.ts";
import { LineFlag } from "../../../lib/chat/line_codec.ts";
import { MemoryChatStore } from "../../../lib/chat/store/memory_chat_store.ts";
import { ChatWorld, type ScriptedMember } from "../chat_world.ts";
import { HeldChatStore } from "../store/held_chat_store.ts";
import { StrictReader } from "./strict_reader.ts";

function ids({ seen }: ScriptedMember, room = "#lobby"): number[] {
  return seen.lines.filter(({ where }) => where === room).map(({ id }) => id);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
}

Deno.test("catchUp() gives a newcomer the last lines, as many as wanted", async () => {
  await using world = await ChatWorld.create();
  const [ada] = await world.members("#lobby", "ada");
  assert(ada);
  for (let i = 0; i < 100; i++) ada.say(`line ${i}`);
  await settle();
  const cases = [[undefined, 51], [0, 101], [1, 100], [500, 1]] as const;
  for (const [last, first] of cases) {
    const member = await world.member("bob");
    await member.join("#lobby", last === undefined ? {} : { last });
    assert.deepEqual(ids(member), range(first, 100), `last ${last}`);
    const isEmpty = first > 100;
    assert.deepEqual(member.seen.pages, [{
      room: "#lobby",
      to: "join",
      first: isEmpty ? 0 : first,
      last: isEmpty ? 0 : 100,
      hasOlder: first > 1,
    }]);
    assert(member.seen.lines.every(({ flags }) => flags === LineFlag.Replayed));
    await member.quit();
  }
});

Deno.test("catchUp() sends ROOM, what was missed, PAGE, and then what is new", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  await bob.lose();
  ada.say("one");
  ada.say("two");
  await settle();
  await bob.connect();
  bob.forget();
  await bob.join("#lobby", { after: 0 });
  ada.say("three");
  await settle();
  assert.deepEqual(bob.seen.frames, ["room", "line", "line", "page", "line"]);
  assert.deepEqual(bob.seen.lines.map(({ flags }) => flags), [4, 4, 0]);
});

Deno.test("catchUp() takes an id that does not exist yet for the last one", async () => {
  await using world = await ChatWorld.create();
  const [ada] = await world.members("#lobby", "ada");
  assert(ada);
  ada.say("one");
  await settle();
  const bob = await world.member("bob");
  await bob.join("#lobby", { after: 1_000_000 });
  assert.deepEqual(bob.seen.frames.slice(1), ["room", "page"]);
  ada.say("two");
  await settle();
  assert.deepEqual(ids(bob), [2]);
});

Deno.test("catchUp() never lets more than some of a long history wait for a slow reader", async () => {
  await using world = await ChatWorld.create();
  const [ada] = await world.members("#lobby", "ada");
  assert(ada);
  for (let i = 0; i < 2000; i++) {
    ada.say("x".repeat(1000));
    if (i % 200 === 199) await settle();
  }
  await settle();
  const bob = await world.member("bob");
  bob.link?.back.stall();
  bob.send("join", { room: "#lobby", after: 0 });
  for (const ms of [900, 2000]) {
    await world.clock.advance(ms);
    const queued = world.chat.memberOf(bob.you.author)?.connection.stats.bytesQueued ?? 0;
    assert(queued > 100_000 && queued < 300 * 1024, `${queued} bytes after ${ms} ms`);
  }
  bob.link?.back.resume();
  for (let turns = 0; turns < 50; turns++) await settle();
  assert.deepEqual(ids(bob), range(1, 2000));
  assert.equal(bob.seen.pages.length, 1);
});

Deno.test("catchUp() keeps one page for a slow reader, however much it asks for", async () => {
  const store = new MemoryChatStore("0123456789abcdef");
  let pages = 0;
  const { linesAfter, linesBefore } = store;
  store.linesAfter = (...wish) => {
    pages++;
    return linesAfter.apply(store, wish);
  };
  store.linesBefore = (...wish) => {
    pages++;
    return linesBefore.apply(store, wish);
  };
  await using world = await ChatWorld.create({ store });
  const [ada] = await world.members("#r0", "ada");
  assert(ada);
  const rooms = ["#r0", "#r1", "#r2"];
  for (const room of rooms) {
    await ada.join(room);
    for (let i = 0; i < 600; i++) {
      ada.say("x".repeat(1000), room);
      if (i % 200 === 199) await settle();
    }
  }
  await settle();
  const bob = await world.member("bob");
  bob.link?.back.stall();
  pages = 0;
  for (const room of rooms) bob.send("join", { room, after: 0 });
  for (const room of rooms) bob.send("history", { room, before: 0, limit: 500 });
  for (let turns = 0; turns < 50; turns++) await settle();
  assert.equal(pages, 2, "the first is on the way, the second waits");
  bob.link?.back.resume();
  for (let turns = 0; turns < 100; turns++) await settle();
  for (const room of rooms) assert.equal(bob.texts(room).length, 600 + 500, room);
  assert.equal(bob.seen.pages.length, 6);
});

Deno.test("catchUp() lets nobody wait for pages without end", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  for (let i = 0; i < 600; i++) ada.say("x".repeat(1000));
  await settle();
  bob.link?.back.stall();
  for (let i = 0; i < 300; i++) bob.send("join", { room: "#lobby", after: 0 });
  await world.clock.advance(1000);
  bob.link?.back.resume();
  for (let turns = 0; turns < 50; turns++) await settle();
  assert.equal(bob.report?.code, "chat.flood");
});

Deno.test("catchUp() reads lines whose commit is not answered yet, and they come once", async () => {
  const store = new HeldChatStore();
  await using world = await ChatWorld.create({ store });
  const [ada] = await world.members("#lobby", "ada");
  assert(ada);
  const bob = await new StrictReader(world, "bob").connect();
  bob.ask("#lobby");
  bob.ask("@");
  const say = (text: string) => {
    ada.say(text.repeat(1500)); // too long for more than a few to stay in memory
    ada.say(text, "@bob");
  };
  for (let i = 0; i < 100; i++) say("x");
  for (let turns = 0; turns < 20; turns++) await settle();
  const { append } = store;
  store.append = async (posts) => {
    const posted = await append.call(store, posts);
    await sleep(world.clock, 1000);
    return posted;
  };
  say("y");
  await settle();
  bob.ask("#lobby", 100);
  bob.ask("@", 100);
  for (let turns = 0; turns < 20; turns++) await settle();
  assert.deepEqual(bob.last, { "#lobby": 101, "@": 101 }, "they are durable");
  await world.clock.advance(2000);
  say("z");
  await world.clock.advance(2000);
  for (let turns = 0; turns < 20; turns++) await settle();
  assert.deepEqual(bob.last, { "#lobby": 102, "@": 102 });
  assert.deepEqual(bob.faults, []);
});
