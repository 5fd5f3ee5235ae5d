/** What a client of a relay can do that ours does not. */
import assert from "node:assert/strict";
import { encodeSay } from "../../../lib/chat/line_codec.ts";
import { chatService } from "../../../lib/chat/protocol.ts";
import { RelayPair } from "../../../lib/chat/relay/relay_pair.ts";
import type { RelayClient } from "./relay_world.ts";
import { RelayWorld } from "./relay_world.ts";

/** Two who sit opposite each other, the news read. */
async function two() {
  const world = new RelayWorld();
  await world.serve();
  const [ada, bob] = [await world.join("ada"), await world.join("bob")];
  ada.news();
  bob.news();
  return { world, ada, bob };
}

function say(client: RelayClient, sequence: number, text: string, where = ""): void {
  const bytes = encodeSay({ sequence, where, text });
  assert(client.connection?.send(chatService.kinds.say, bytes));
}

Deno.test("RelayServer() acknowledges a repeat and does nothing else", async () => {
  const { world, ada, bob } = await two();
  ada.type("one");
  await world.pass(1);
  bob.type("two");
  await world.pass(1);
  bob.news();
  ada.news();
  say(ada, 1, "one"); // it is ada's turn, but this was said before
  await world.pass(1);
  assert.deepEqual([...ada.news(), ...bob.news()], []);
  await world.end(ada, bob);
});

Deno.test("RelayServer() refuses what goes to rooms, is empty or too long, and the turn stays", async () => {
  const { world, ada, bob } = await two();
  for (const [text, code] of [["", "empty"], ["é".repeat(2049), "too-long"]] as const) {
    ada.state.add(text);
    await world.pass(1);
    assert.deepEqual(ada.news(), [`refused ${code}`]);
  }
  ada.type("é".repeat(2048));
  await world.pass(1);
  assert.equal(bob.news().length, 2);
  bob.news();
  ada.news();
  say(ada, 4, "hi", "#lobby");
  await world.pass(1);
  assert.equal(ada.news()[0], "refused not-in-room");
  await world.end(ada, bob);
});

Deno.test("RelayServer() cuts who does not wait for acknowledgements, and keeps the other", async () => {
  const { world, ada, bob } = await two();
  for (let sequence = 1; sequence <= 257; sequence++) say(bob, sequence, "x");
  await world.pass(1);
  assert.equal((await bob.connection?.closed)?.code, "chat.flood");
  assert.equal(await bob.ended, "chat.flood", "it does not come back to do it again");
  assert(ada.connection?.isOpen);
  bob.stop();
  await world.end(ada, bob);
});

Deno.test("RelayServer() says what there is not to clients that want rooms", async () => {
  const { world, ada, bob } = await two();
  const { kinds } = chatService;
  ada.connection?.send(kinds.join, { room: "#lobby" });
  ada.connection?.send(kinds.nick, { nick: "eve" });
  ada.connection?.send(kinds.history, { room: "@", before: 0, limit: 1 });
  ada.connection?.send(kinds.leave, { room: "#lobby" });
  ada.connection?.send(kinds.command, "!ban bob");
  await world.pass(1);
  assert.deepEqual(ada.news(), [
    "notice room-refused",
    "notice nick-refused",
    "notice room-refused",
  ]);
  const reply = ada.events.findLast(({ type }) => type === "reply");
  assert(reply?.type === "reply" && !reply.isDone);
  await world.end(ada, bob);
});

Deno.test("RelayServer() lets two who take turns without end no faster than its pace", async () => {
  const { world, ada, bob } = await two();
  const heard = () => bob.events.filter(({ type }) => type === "message").length;
  for (let i = 0; i < 45; i++) {
    ada.type(`a ${i}`);
    await world.pass(1);
    bob.type(`b ${i}`);
    await world.pass(1);
  }
  assert.equal(heard(), 40);
  assert(ada.news().includes("notice pace"));
  await world.pass(1000);
  assert(heard() > 40 && heard() <= 50);
  await world.end(ada, bob);
});

Deno.test("RelayServer() answers commands at its pace, and cuts who sends them without end", async () => {
  const { world, ada, bob } = await two();
  const replies = () => ada.events.filter(({ type }) => type === "reply").length;
  const ask = () => ada.connection?.send(chatService.kinds.command, "!list");
  for (let i = 0; i < 60; i++) ask();
  await world.pass(1);
  assert.equal(replies(), 40);
  assert.deepEqual(ada.news(), ["notice pace"]);
  await world.pass(2000);
  assert.equal(replies(), 60);
  for (let i = 0; i < 600; i++) ask();
  await world.pass(1);
  assert.equal(await ada.ended, "chat.flood");
  assert(bob.connection?.isOpen);
  await world.end(ada, bob);
});

Deno.test("RelayServer() gives a seat up once, however often it is said", async () => {
  const { world, ada, bob } = await two();
  const { fin } = RelayPair.prototype;
  let calls = 0;
  RelayPair.prototype.fin = function (...about) {
    calls++;
    return fin.apply(this, about);
  };
  try {
    for (let i = 0; i < 100; i++) ada.connection?.send(chatService.kinds.fin, {});
    await world.pass(1);
  } finally {
    RelayPair.prototype.fin = fin;
  }
  assert.equal(calls, 1);
  assert.deepEqual(bob.news(), ["peer-left 1 fin"]);
  await world.end(ada, bob);
});

Deno.test("RelayServer() refuses frames of files", async () => {
  const { world, ada, bob } = await two();
  const key = "0".repeat(32);
  ada.connection?.send(chatService.kinds.offer, { key, to: "@bob", name: "a", size: 1 });
  await world.pass(1);
  assert.equal(await ada.ended, "unexpected-kind");
  await world.end(ada, bob);
});

Deno.test("RelayServer() gives a session that a second client takes over no second seat", async () => {
  const { world, ada, bob } = await two();
  const again = await world.join("ada", ada.state);
  assert.equal(await ada.ended, "taken-over");
  assert.deepEqual(again.news(), ["number 1", "role emitter"]);
  assert.deepEqual(bob.news(), []); // nobody was lost
  await world.end(again, bob);
});
