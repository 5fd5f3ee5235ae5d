/** Who comes, goes, is away and comes back. */
import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import { MAX_ANNOUNCED } from "../../../lib/chat/limits.ts";
import { ChatWorld, type ScriptedMember } from "../chat_world.ts";

/** `joined bob`, in order. */
function news({ seen }: ScriptedMember): string[] {
  return seen.presence.map(({ what, nick, reason, was }) =>
    [what, nick, was && `was ${was}`, reason && `(${reason})`].filter(Boolean).join(" ")
  );
}

Deno.test("Presence tells those who are there who comes, and whoever comes who is there", async () => {
  await using world = await ChatWorld.create();
  const [ada] = await world.members("#lobby", "ada");
  const bob = await (await world.member("bob")).join("#Lobby");
  await settle();
  assert(ada);
  assert.deepEqual(news(ada), ["joined bob"]);
  assert.deepEqual(news(bob), []);
  const [room] = bob.seen.rooms;
  assert.deepEqual(room, {
    room: "#lobby",
    members: [{ author: 1, nick: "ada" }, { author: 2, nick: "bob" }],
    memberCount: 2,
    last: 0,
  });
});

Deno.test("Presence says why somebody has left", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob, eve, kim] = await world.members("#lobby", "ada", "bob", "eve", "kim");
  assert(ada && bob && eve && kim);
  await bob.quit("see you");
  eve.send("leave", { room: "#lobby", reason: "tea" });
  await settle();
  const member = world.chat.memberOf(kim.you.author);
  assert(member !== undefined);
  world.chat.cut(member, "chat.kicked", "Kicked by ada: spam");
  await settle();
  await settle();
  assert.deepEqual(news(ada), [
    "left bob (quit: see you)",
    "left eve (left: tea)",
    "left kim (Kicked by ada: spam)",
  ]);
  assert.equal(kim.report?.code, "chat.kicked");
  assert.deepEqual([...world.chat.membersOf("#lobby")].map(({ nick }) => nick), ["ada"]);
});

Deno.test("Presence is silent about a line that is lost for less than three seconds", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  await bob.lose();
  await world.clock.advance(2900);
  await bob.connect();
  await bob.join("#lobby", { after: 0 });
  await world.clock.advance(60_000);
  assert.deepEqual(news(ada), []);
  assert(world.chat.memberOf(bob.you.author)?.rooms.has("#lobby"));
});

Deno.test("Presence tells of a longer absence, of the return, and of the end", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  await bob.lose();
  await world.clock.advance(3001);
  await bob.connect();
  await bob.join("#lobby", { after: 0 });
  await settle();
  assert.deepEqual(news(ada), ["away bob (line lost)", "back bob"]);
  assert.equal(ada.seen.presence[0]?.isAway, true);
  await bob.lose();
  await world.clock.advance(29_000);
  assert.deepEqual(news(ada).slice(2), ["away bob (line lost)"]);
  await world.clock.advance(2000);
  assert.deepEqual(news(ada).slice(3), ["left bob (line lost)"]);
  await bob.connect();
  await world.clock.advance(60_000);
  await bob.join();
  await settle();
  assert.deepEqual(news(ada).slice(4), ["joined bob"]);
});

Deno.test("Presence lets go of rooms that somebody who is back does not ask for again", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  await bob.lose();
  await bob.connect();
  await world.clock.advance(30_001);
  assert.deepEqual(news(ada), ["left bob (did not come back)"]);
});

Deno.test("Presence tells what happens in one turn in one frame", async () => {
  await using world = await ChatWorld.create();
  const [ada] = await world.members("#lobby", "ada");
  assert(ada);
  const others = [];
  for (const name of ["bob", "eve", "kim", "max"]) others.push(await world.member(name));
  for (const other of others) other.send("join", { room: "#lobby" });
  await settle();
  await settle();
  assert.deepEqual(news(ada), ["joined bob", "joined eve", "joined kim", "joined max"]);
  assert.deepEqual(ada.seen.frames, ["presence"]);
  for (const [at, other] of others.entries()) {
    const told = [...other.seen.rooms[0]?.members ?? [], ...other.seen.presence];
    const nicks = new Set(told.map(({ nick }) => nick));
    assert.equal(nicks.size, 5, `${at}: ${[...nicks]}`);
    assert.equal(told.length, 5, "told once of each");
  }
});

Deno.test("Presence is silent in a room with more members than it lists", async () => {
  await using world = await ChatWorld.create();
  const names = Array.from({ length: MAX_ANNOUNCED }, (_, at) => `m${at}`);
  const members = await world.members("#hall", ...names);
  const [first] = members;
  assert(first);
  const last = await (await world.member("zoe")).join("#hall");
  await settle();
  assert.deepEqual(news(first), []);
  assert.equal(last.seen.rooms[0]?.memberCount, MAX_ANNOUNCED + 1);
  assert.equal(last.seen.rooms[0]?.members.length, MAX_ANNOUNCED);
  last.say("hello all", "#hall");
  await settle();
  assert.deepEqual(first.texts("#hall"), ["hello all"]);
});

Deno.test("Presence tells quietly of those who come back after a restart of the server", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  await world.stopServer("kill");
  await world.serve();
  await ada.connect();
  await ada.join("#lobby", { after: 0 });
  ada.forget();
  await bob.connect();
  await bob.join("#lobby", { after: 0 });
  await (await world.member("eve")).join();
  await settle();
  assert.deepEqual(news(ada), ["joined bob", "joined eve"]);
  assert.deepEqual(ada.seen.presence.map(({ isQuiet }) => isQuiet), [true, undefined]);
});

Deno.test("Presence is not quiet about those who have left since the server started", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  await world.stopServer("kill");
  await world.serve();
  for (const member of [ada, bob]) await (await member.connect()).join("#lobby", { after: 0 });
  await bob.quit();
  await settle();
  ada.forget();
  await (await bob.connect()).join("#lobby", { after: 0 });
  await settle();
  assert.deepEqual(news(ada), ["joined bob"]);
  assert.equal(ada.seen.presence[0]?.isQuiet, undefined);
});

Deno.test("Presence is quiet for the first minute of a server alone", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  await world.stopServer("kill");
  await world.serve();
  await (await ada.connect()).join("#lobby", { after: 0 });
  await world.clock.advance(60_000);
  ada.forget();
  await (await bob.connect()).join("#lobby", { after: 0 });
  await settle();
  assert.equal(ada.seen.presence[0]?.isQuiet, undefined);
  assert.deepEqual(news(ada), ["joined bob"]);
});

Deno.test("Presence does not tell of a connection that another one takes over", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  const old = bob.connection;
  await bob.connect();
  ada.say("not yet");
  await settle();
  await settle();
  assert.deepEqual(bob.texts(), [], "it has not asked for the room on this connection");
  await bob.join("#lobby", { after: 0 });
  assert.deepEqual(bob.texts(), ["not yet"]);
  assert.equal((await world.clock.runUntil(old!.closed)).code, "taken-over");
  await world.clock.advance(40_000);
  assert.deepEqual(news(ada), []);
  bob.say("me again");
  await settle();
  assert.deepEqual(ada.texts(), ["not yet", "me again"]);
});

Deno.test("Presence tells of another name, and everybody is called by it from then on", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  bob.send("nick", { nick: "robert" });
  bob.say("it is me");
  await settle();
  await settle();
  assert.deepEqual(news(ada), ["renamed robert was bob"]);
  assert.deepEqual(news(bob), []);
  assert.equal(bob.you.nick, "robert");
  assert.equal(ada.seen.lines[0]?.nick, "robert");
  assert.equal(world.chat.known("Robert")?.member?.author, bob.you.author);
  assert.equal(world.chat.known("bob")?.nick, "robert");
});
