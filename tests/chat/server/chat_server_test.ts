/** What members say to each other over a server, line by line. */
import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import { LineFlag } from "../../../lib/chat/line_codec.ts";
import { chatService } from "../../../lib/chat/protocol.ts";
import { ChatWorld } from "../chat_world.ts";
import { HeldChatStore } from "../store/held_chat_store.ts";

Deno.test("ChatServer says who the client is before anything else", async () => {
  await using world = await ChatWorld.create({ motd: "be kind", maxFileBytes: 7 });
  const ada = await world.member("ada");
  assert.equal(ada.seen.frames[0], "you");
  const { nowUs: _, ...you } = ada.you;
  assert.deepEqual(you, {
    author: 1,
    nick: "ada",
    isOperator: false,
    mode: "rooms",
    storeId: "0123456789abcdef",
    inboxLast: 0,
    motd: "be kind",
    maxFileBytes: 7,
  });
});

Deno.test("ChatServer gives each room ids from 1 and all members the same order", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  await ada.join("#dev");
  for (let i = 0; i < 5; i++) {
    ada.say(`a${i}`);
    bob.say(`b${i}`);
    ada.say(`d${i}`, "#dev");
    if (i % 2 === 0) await settle();
  }
  await settle();
  assert.deepEqual(ada.texts(), bob.texts());
  assert.equal(ada.texts().length, 10);
  const ids = bob.seen.lines.map(({ id }) => id);
  assert.deepEqual(ids, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.deepEqual(ada.texts("#dev"), ["d0", "d1", "d2", "d3", "d4"]);
  assert.deepEqual(bob.texts("#dev"), []);
});

Deno.test("ChatServer passes on in their order what somebody says in a room and privately", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  for (const member of [ada, bob]) await member.join("@");
  for (let i = 0; i < 6; i++) ada.say(`${i}`, i % 3 === 1 ? "@bob" : "#lobby");
  await settle();
  for (const { seen } of [ada, bob]) {
    assert.deepEqual(seen.lines.map(({ text }) => text), ["0", "1", "2", "3", "4", "5"]);
  }
  assert.deepEqual(ada.seen.acks, [6], "they were one commit");
});

Deno.test("ChatServer refuses frames of relay mode", async () => {
  await using world = await ChatWorld.create();
  const [ada] = await world.members("#lobby", "ada");
  assert(ada);
  ada.send("fin", {});
  await settle();
  assert.equal(ada.report?.code, "unexpected-kind");
});

Deno.test("ChatServer sends nothing before the commit, and the ACK after the line", async () => {
  const store = new HeldChatStore();
  await using world = await ChatWorld.create({ store });
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  store.hold();
  const sequence = ada.say("hello");
  await settle();
  await settle();
  assert.deepEqual([ada.seen.frames, bob.seen.frames], [[], []]);
  store.release();
  await settle();
  assert.deepEqual(ada.seen.frames, ["line", "ack"]);
  assert.deepEqual(ada.seen.acks, [sequence]);
  assert.deepEqual(bob.texts(), ["hello"]);
});

Deno.test("ChatServer acknowledges a repeat again and passes it on once", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  const sequence = ada.say("once");
  await settle();
  ada.say("once", "#lobby", sequence);
  await settle();
  assert.deepEqual(ada.seen.acks, [sequence, sequence]);
  assert.deepEqual(bob.texts(), ["once"]);
});

Deno.test("ChatServer takes a line once that comes again while its commit is held", async () => {
  const store = new HeldChatStore();
  await using world = await ChatWorld.create({ store });
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  store.hold();
  const sequence = ada.say("once");
  await settle();
  await ada.lose();
  const back = ada.connect();
  store.release();
  await back;
  await ada.join("#lobby", { after: 0 });
  ada.say("once", "#lobby", sequence);
  await settle();
  assert.deepEqual(bob.texts(), ["once"]);
  assert(ada.seen.acks.includes(sequence));
});

Deno.test("ChatServer refuses what cannot be said, then acknowledges it, for good", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  const cases: [string, string, string][] = [
    ["", "#lobby", "empty"],
    ["x".repeat(4097), "#lobby", "too-long"],
    ["a\nb", "#lobby", "bad-line"],
    ["hi", "#elsewhere", "not-in-room"],
    ["hi", "# # #", "bad-where"],
    ["hi", "lobby", "bad-where"],
    ["hi", "", "bad-where"],
    ["hi", "@nobody", "no-such-nick"],
    ["hi", "@", "no-such-nick"],
    ["hi", "@server", "no-such-nick"],
  ];
  for (const [text, where, code] of cases) {
    ada.forget();
    const sequence = ada.say(text, where);
    await settle();
    assert.deepEqual(ada.seen.frames, ["refused", "ack"], where);
    assert.equal(ada.seen.refused[0]?.code, code, `${where}: ${ada.seen.refused[0]?.message}`);
    assert.equal(ada.seen.refused[0]?.sequence, sequence);
    assert.deepEqual(ada.seen.acks, [sequence]);
  }
  assert.equal(bob.seen.lines.length, 0);
  await ada.lose();
  await ada.connect();
  assert.equal(Number(ada.connection?.terms.highestSequence), cases.length);
});

Deno.test("ChatServer keeps a private line for somebody who is away", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob, eve] = await world.members("#lobby", "ada", "bob", "eve");
  assert(ada && bob && eve);
  await ada.join("@");
  await bob.quit();
  await settle();
  ada.forget();
  ada.say("are you there", "@BOB");
  await settle();
  assert.deepEqual(ada.seen.frames, ["line", "notice", "ack"]);
  assert.equal(ada.seen.notices[0]?.code, "away");
  const [copy] = ada.seen.lines;
  assert.equal(copy?.flags, LineFlag.Private | LineFlag.Sent);
  assert.equal(copy?.where, "@bob");
  bob.forget();
  await bob.connect();
  assert.equal(bob.you.inboxLast, 1);
  assert.equal(bob.seen.lines.length, 0);
  await bob.join("@", { after: 0 });
  const [line] = bob.seen.lines;
  assert.equal(line?.flags, LineFlag.Private | LineFlag.Replayed);
  assert.deepEqual([line?.where, line?.nick, line?.text], ["@ada", "ada", "are you there"]);
  ada.say("good", "@bob");
  await settle();
  assert.deepEqual(bob.texts("@ada"), ["are you there", "good"]);
  assert.equal(bob.seen.lines[1]?.flags, LineFlag.Private);
  assert.equal(eve.seen.lines.length, 0);
});

Deno.test("ChatServer sends one line to somebody who writes to themself", async () => {
  await using world = await ChatWorld.create();
  const ada = await (await world.member("ada")).join("@");
  ada.say("note", "@ada");
  await settle();
  assert.equal(ada.seen.lines.length, 1);
  assert.equal(ada.seen.lines[0]?.flags, LineFlag.Private | LineFlag.Sent);
});

Deno.test("ChatServer says in the room what the server has to say", async () => {
  await using world = await ChatWorld.create();
  const [ada] = await world.members("#lobby", "ada");
  assert(ada);
  world.chat.say("tea is ready");
  world.chat.say("only here", "#lobby");
  await settle();
  assert.deepEqual(ada.texts(), ["tea is ready", "only here"]);
  assert.deepEqual(ada.seen.lines.map(({ author, nick }) => [author, nick]), [
    [0, "server"],
    [0, "server"],
  ]);
});

Deno.test("ChatServer ends the connection of whoever sends what is no line", async () => {
  for (const bytes of [new Uint8Array(1_000_000), new Uint8Array(3), new Uint8Array(20)]) {
    await using world = await ChatWorld.create();
    const [ada, bob] = await world.members("#lobby", "ada", "bob");
    assert(ada && bob);
    const say = { ...chatService.kinds.say, minBytes: 0, maxBytes: 1e7 };
    ada.connection?.send(say, bytes);
    await settle();
    await settle();
    assert.equal(ada.connection?.isOpen, false);
    bob.say("still here");
    await settle();
    assert.deepEqual(bob.texts(), ["still here"]);
  }
});
