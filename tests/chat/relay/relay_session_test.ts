/** A relay from the first client to the server's end, seen from its clients. */
import assert from "node:assert/strict";
import { RelayWorld } from "./relay_world.ts";

Deno.test("RelayServer() plays the seventeen steps of two clients and a replacement", async () => {
  const world = new RelayWorld();
  await world.serve();
  // 1-3: the first client connects, gets number 1 and waits.
  const ada = await world.join("ada");
  assert.equal(ada.events[0]?.type, "you");
  assert.deepEqual(ada.news(), ["number 1", "role waiting"]);
  // 4-6: the second connects, gets number 2; both get their roles.
  const bob = await world.join("bob");
  assert.deepEqual(bob.news(), ["number 2", "role receiver"]);
  assert.deepEqual(ada.news(), ["peer 2 joined", "role emitter"]);
  // 7-10: messages swap the roles.
  ada.type("hello");
  await world.pass(1);
  assert.deepEqual(bob.news(), ["message hello", "role emitter"]);
  assert.deepEqual(ada.news(), ["role receiver"]);
  bob.type("good day");
  await world.pass(1);
  assert.deepEqual(ada.news(), ["message good day", "role emitter"]);
  assert.deepEqual(bob.news(), ["role receiver"]);
  // 11: who is not the emitter is refused, and the roles stay.
  bob.type("and another thing");
  await world.pass(1);
  assert.deepEqual(bob.news(), ["refused not-your-turn"]);
  assert.deepEqual(ada.news(), []);
  // 12-13: fin ends the client, and frees its seat at once.
  bob.type("fin");
  await world.pass(1);
  assert.deepEqual(await world.clock.runUntil(bob.seat.done), {
    why: "fin",
    reason: "the seat was given up",
  });
  await world.clock.runUntil(bob.ended);
  assert.deepEqual(ada.news(), ["peer-left 2 fin"]);
  // 14-15: the next one gets the number, the role and the last message of the seat.
  const cleo = await world.join("cleo");
  assert.deepEqual(cleo.news(), ["number 2", "role receiver last hello"]);
  assert.deepEqual(ada.news(), ["peer 2 joined"]);
  ada.type("who are you?");
  await world.pass(1);
  assert.deepEqual(cleo.news(), ["message who are you?", "role emitter"]);
  ada.news();
  // 16-17: ^C sends EXIT to all, and they end.
  await world.exit("closed");
  assert.deepEqual(ada.news(), ["exit closed"]);
  assert.deepEqual(cleo.news(), ["exit closed"]);
  assert.equal((await world.clock.runUntil(ada.seat.done)).why, "exit");
  assert.equal((await world.clock.runUntil(cleo.seat.done)).why, "exit");
  await world.clock.runUntil(ada.ended);
  await world.clock.runUntil(cleo.ended);
  assert.equal(world.clock.pendingTimers, 0);
  assert.deepEqual(world.troubles, []);
});

Deno.test("RelayServer() gives a text that says fin to the other side as a text", async () => {
  const world = new RelayWorld();
  await world.serve();
  const [ada, bob] = [await world.join("ada"), await world.join("bob")];
  ada.state.add("fin"); // past RelaySeat, which would make it FIN
  await world.pass(1);
  assert.equal(bob.news().at(-2), "message fin");
  assert.equal(ada.seat.number, 1);
  await world.end(ada, bob);
});

Deno.test("RelayServer() pairs three at once as two and one who waits", async () => {
  const world = new RelayWorld();
  await world.serve();
  const { RelayClient } = await import("./relay_world.ts");
  const three = ["a", "b", "c"].map((name) => new RelayClient(world.clock, world.network, name));
  await world.pass(5);
  assert.deepEqual(three.map(({ seat }) => seat.number).sort(), [1, 2, 3]);
  const third = three.find(({ seat }) => seat.number === 3);
  assert.deepEqual(third?.news(), ["number 3", "role waiting"]);
  const fourth = await world.join("d");
  assert.equal(fourth.seat.number, 4);
  await world.end(...three, fourth);
});

Deno.test("RelayServer() keeps a broken seat for its session, and gives it what it missed", async () => {
  const world = new RelayWorld();
  await world.serve();
  const [ada, bob] = [await world.join("ada"), await world.join("bob")];
  ada.type("one");
  await world.pass(1);
  bob.news();
  bob.type("two");
  await world.pass(1);
  ada.news();
  bob.stop();
  bob.link?.cut();
  await world.pass(1);
  assert.deepEqual(ada.news(), ["peer-left 2 lost"]);
  const left = ada.events.findLast(({ type }) => type === "peer-left");
  assert.equal(left?.type === "peer-left" && left.keptMs, 30_000);
  ada.type("three"); // to a seat that nobody is on
  await world.pass(1);
  assert.deepEqual(ada.news(), ["role receiver"]);
  await world.pass(29_000);
  const cleo = await world.join("cleo"); // gets no seat of somebody who may come back
  assert.equal(cleo.seat.number, 3);
  const again = await world.join("bob", bob.state);
  assert.deepEqual(again.news(), ["number 2", "role emitter last three"]);
  assert.deepEqual(ada.news(), ["peer 2 back"]);
  await world.end(ada, again, cleo);
});

Deno.test("RelayServer() frees a broken seat after 30 s for the next client", async () => {
  const world = new RelayWorld();
  await world.serve();
  const [ada, bob] = [await world.join("ada"), await world.join("bob")];
  ada.type("one");
  await world.pass(1);
  bob.stop();
  bob.link?.cut();
  await world.pass(29_990);
  ada.news();
  await world.pass(20);
  assert.deepEqual(ada.news(), ["peer-left 2 gone"]);
  const cleo = await world.join("cleo");
  assert.deepEqual(cleo.news(), ["number 2", "role emitter last one"]);
  const late = await world.join("bob", bob.state);
  assert.deepEqual(late.news(), ["number 3", "role waiting"]);
  await world.end(ada, cleo, late);
});

Deno.test("RelayServer() ends a pair that both have left, and never gives its numbers again", async () => {
  const world = new RelayWorld();
  await world.serve();
  const [ada, bob] = [await world.join("ada"), await world.join("bob")];
  ada.type("fin");
  bob.type("fin");
  await world.pass(10);
  await world.clock.runUntil(ada.ended);
  await world.clock.runUntil(bob.ended);
  const { pairs, lastPair } = await world.clock.runUntil(world.store.load());
  assert.deepEqual(pairs, []);
  assert.equal(lastPair, 1);
  const cleo = await world.join("cleo");
  assert.deepEqual(cleo.news(), ["number 3", "role waiting"]);
  await world.end(cleo);
});

Deno.test("RelayServer() frees the seat of a client that quits, without waiting", async () => {
  const world = new RelayWorld();
  await world.serve();
  const [ada, bob] = [await world.join("ada"), await world.join("bob")];
  ada.news();
  bob.connection?.close({ code: "quit", message: "bye" });
  await world.pass(5);
  assert.deepEqual(ada.news(), ["peer-left 2 fin"]);
  await world.end(ada, bob);
});

Deno.test("RelayServer() goes on after a kill with who comes back, and takes nothing twice", async () => {
  const world = new RelayWorld();
  await world.serve();
  const [ada, bob] = [await world.join("ada"), await world.join("bob")];
  ada.type("one");
  await world.pass(1);
  bob.type("two");
  await world.kill();
  ada.news();
  bob.news();
  await world.serve();
  await world.pass(5_000); // both come back by themselves
  assert.equal(ada.seat.number, 1);
  assert.equal(bob.seat.number, 2);
  assert.equal(ada.news().filter((text) => text.includes("two")).length, 1);
  ada.type("three");
  await world.pass(10);
  assert.deepEqual(bob.news().slice(-2), ["message three", "role emitter"]);
  const events = await world.clock.runUntil(world.store.relayEvents(1));
  const said = events.map((text) => JSON.parse(text)).filter(({ type }) => type === "said");
  assert.deepEqual(said.map(({ text }) => text), ["one", "two", "three"]);
  await world.end(ada, bob);
});

Deno.test("RelayServer() gives seats away whose sessions do not come back after a restart", async () => {
  const world = new RelayWorld();
  await world.serve();
  const [ada, bob] = [await world.join("ada"), await world.join("bob")];
  ada.type("one");
  await world.pass(1);
  bob.stop();
  await world.kill();
  await world.serve();
  await world.pass(29_000);
  assert.deepEqual(ada.news().at(-1), "role receiver");
  await world.pass(1_100);
  assert.deepEqual(ada.news(), ["peer-left 2 gone"]);
  const cleo = await world.join("cleo");
  assert.deepEqual(cleo.news(), ["number 2", "role emitter last one"]);
  await world.end(ada, bob, cleo);
});
