/** How long a `ChatClient` goes on, as which session, and under which name. */
import assert from "node:assert/strict";
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import { MemoryNetwork } from "../../../lib/transport/memory_network.ts";
import { ScriptServer, ScriptStore, ScriptWorld, settleAll } from "./script_server.ts";
import { setUp } from "./client_set_up.ts";

Deno.test("ChatClient.quit() says goodbye with its message, and ends", async () => {
  const { world, clock, server } = setUp();
  const ada = await world.join();
  await settleAll();
  await clock.runUntil(ada.client.quit("see you"));
  assert.deepEqual(await clock.runUntil(ada.end), { type: "quit" });
  const { code, message } = await clock.runUntil(server.last.closed);
  assert.deepEqual([code, message], ["quit", "see you"]);
});

Deno.test("ChatClient.quit() ends at once while it waits to try again", async () => {
  const { world, clock, server } = setUp();
  const ada = await world.join();
  await settleAll();
  await clock.runUntil(server.kill(world));
  await clock.advance(20_000);
  const before = clock.monotonicNs();
  void ada.client.quit();
  await settleAll();
  assert.deepEqual(await ada.end, { type: "quit" });
  assert.equal(clock.monotonicNs(), before);
});

Deno.test("ChatClient ends with why its first try failed, where it must reach the server", async () => {
  const world = new ScriptWorld();
  const ada = await world.join({ mustReach: true });
  await assert.rejects(world.clock.runUntil(ada.end), { code: "unreachable" });
});

Deno.test("ChatClient gives up after reconnectForMs without a line, not before", async () => {
  const { world, clock, server } = setUp();
  const ada = await world.join({ reconnectForMs: 30_000 });
  await settleAll();
  await clock.runUntil(server.kill(world));
  await clock.advance(20_000);
  const second = new ScriptServer(world, new ScriptStore());
  await clock.advance(25_000);
  assert.equal(ada.client.isConnected, true);
  await clock.runUntil(second.kill(world));
  const lostAtNs = clock.monotonicNs();
  await assert.rejects(clock.runUntil(ada.end), { name: "LineError" });
  assert((clock.monotonicNs() - lostAtNs) / 1e6 >= 29_000);
});

Deno.test("ChatClient ends with the report of a server that bans it", async () => {
  const { world, clock, server } = setUp();
  const ada = await world.join();
  await settleAll();
  server.last.abort("chat.banned", "banned by console until forgiven: spam");
  const end = await clock.runUntil(ada.end);
  assert.equal(end.type, "closed");
  assert.equal(end.type === "closed" && end.report.code, "chat.banned");
  assert.equal(end.type === "closed" && end.report.by, "peer");
});

Deno.test("ChatClient.reconnect() tries again now", async () => {
  const { world, store, clock, server } = setUp();
  const ada = await world.join();
  await settleAll();
  await clock.runUntil(server.kill(world));
  await clock.advance(100_000);
  const again = new ScriptServer(world, store);
  const before = clock.monotonicNs();
  ada.client.reconnect();
  await settleAll();
  assert.equal(ada.client.isConnected, true);
  assert.equal(clock.monotonicNs(), before);
  assert.equal(again.last.terms.resumed, true);
  await world.leave(ada);
});

Deno.test("ChatClient.reconnect() does not say goodbye to a line that it has", async () => {
  const { world, clock, server } = setUp();
  const ada = await world.join();
  await settleAll();
  const before = server.last;
  ada.client.reconnect();
  await settleAll();
  assert.notEqual(server.last, before);
  assert.equal((await clock.runUntil(before.closed)).code, "lost");
  await world.leave(ada);
});

Deno.test("ChatClient.reconnect() goes on as another session, and back again when that is taken", async () => {
  const { world, store, clock, server } = setUp();
  const ada = await world.join({ waitsWhenTakenOver: true }, new Map());
  for (const text of ["a1", "a2", "a3"]) await ada.client.say("#lobby", text);
  await settleAll();
  const { session } = ada.client;
  const eve = await world.join({ defaultNick: "eve", rooms: ["#lobby"] }, new Map());
  await eve.client.say("#lobby", "e1");
  await settleAll();
  assert(session !== undefined);
  eve.client.reconnect(session);
  await clock.advance(2000);
  assert.equal(ada.client.trouble?.code, "taken-over");
  await eve.client.say("#lobby", "a4");
  await settleAll();
  const sequences = server.heard.filter((one) => one.startsWith("say"));
  assert.equal(sequences.at(-1), "say 4 #lobby a4");
  assert.deepEqual(store.committed, ["a1", "a2", "a3", "e1", "a4"]);
  assert.equal(eve.of("line").at(-1)?.isOwn, true);
  assert.equal(eve.client.session?.id, session.id);
  const eveAgain = await world.join({ waitsWhenTakenOver: true }, eve.kill());
  await settleAll();
  assert.equal(eveAgain.client.session?.id, session.id, "its file says the same");
  await eveAgain.client.say("#lobby", "a5");
  await settleAll();
  assert.equal(server.heard.at(-1), "say 5 #lobby a5");
  ada.client.reconnect();
  await clock.advance(2000);
  assert.equal(ada.client.session?.id, session.id);
  assert.equal(eveAgain.client.isConnected, false);
  await ada.client.say("#lobby", "a6");
  await settleAll();
  assert.equal(server.heard.at(-1), "say 6 #lobby a6");
  assert.equal(ada.of("line").at(-1)?.isOwn, true);
  await world.leave(ada);
  await world.leave(eveAgain);
});

Deno.test("ChatClient.reconnect() minds nothing that comes while it asks how far a session is", async () => {
  const clock = new FakeClock();
  const network = new MemoryNetwork({ clock, back: { delayUs: 1000 } });
  const world = new ScriptWorld(clock, network);
  const server = new ScriptServer(world, new ScriptStore());
  const ada = await world.join({ waitsWhenTakenOver: true });
  const eve = await world.join({ defaultNick: "eve" });
  await clock.advance(100);
  eve.client.reconnect(ada.client.session);
  await clock.advance(2000);
  assert.equal(eve.client.you?.author, ada.client.you?.author);
  await world.leave(ada);
  await world.leave(eve);
  await clock.advance(100);
  const reports = await Promise.all(server.connections.map(({ closed }) => closed));
  const codes = new Set(reports.map(({ code }) => code));
  assert.deepEqual(codes, new Set(["taken-over", "lost", "quit"]));
});

Deno.test("ChatClient takes its session back when it is started again after another had it", async () => {
  const { world, store, clock, server } = setUp();
  const ada = await world.join({}, new Map());
  await ada.client.say("#lobby", "a1");
  await settleAll();
  const { session } = ada.client;
  const eve = await world.join({ defaultNick: "eve" }, new Map());
  await settleAll();
  eve.client.reconnect(session);
  const end = await clock.runUntil(ada.end);
  assert.equal(end.type === "closed" && end.report.code, "taken-over");
  await clock.advance(1000);
  await eve.client.say("#lobby", "a2");
  await ada.client.say("#lobby", "a3"); // typed while the other one had it
  await settleAll();
  const disk = ada.kill();
  await world.leave(eve);
  await clock.runUntil(server.kill(world));
  const again = await world.join({ rooms: undefined }, disk);
  await clock.advance(3000); // nobody is there yet
  const second = new ScriptServer(world, store);
  await clock.advance(60_000);
  assert.equal(again.client.session?.id, session?.id);
  assert.equal(second.heard.at(-1), "say 3 #lobby a3");
  assert.deepEqual(store.committed, ["a1", "a2", "a3"]);
  await world.leave(again);
});

Deno.test("ChatClient says why it cannot take its session back, before a new one begins", async () => {
  const { world, clock, server } = setUp();
  const ada = await world.join({}, new Map());
  await settleAll();
  const eve = await world.join({ defaultNick: "eve" }, new Map());
  await settleAll();
  eve.client.reconnect(ada.client.session);
  await clock.runUntil(ada.end);
  const disk = ada.kill();
  await world.leave(eve);
  await clock.runUntil(server.kill(world));
  new ScriptServer(world, new ScriptStore());
  const again = await world.join({ rooms: undefined }, disk);
  await clock.advance(3000);
  const told = again.of("local").map(({ lines }) => lines[0] ?? "");
  assert.match(told[0] ?? "", /^Cannot take the session back that another client had: \S/);
  assert.match(told[1] ?? "", /^The server does not know this session any more/);
  await world.leave(again);
});

Deno.test("ChatClient asks for the name that it had, and for another where somebody says so", async () => {
  const { world, clock, server } = setUp();
  const ada = await world.join({ defaultNick: "ada" }, new Map());
  await settleAll();
  ada.client.nick("lovelace");
  await settleAll();
  assert.equal(ada.client.you?.nick, "lovelace");
  const disk = ada.kill();
  const again = await world.join({ defaultNick: "ada" }, disk);
  await clock.advance(10);
  assert.deepEqual(server.wanted, ["ada", "lovelace"]);
  const third = await world.join({ defaultNick: "ada", nick: "augusta" }, again.kill());
  await clock.advance(10);
  assert.equal(third.client.you?.nick, "augusta");
  world.network.links.at(-1)?.cut();
  await settleAll();
  third.client.nick("byron"); // while there is no line
  server.you = { nick: "augusta" }; // a session keeps its name, whatever HELLO says
  await clock.advance(5000);
  assert(server.heard.includes("nick byron"));
  await world.leave(third);
});

Deno.test("ChatClient takes the name that a new session gets", async () => {
  const { world, server } = setUp();
  server.you = { nick: "ada-2" };
  const ada = await world.join({ nick: "ada" });
  await settleAll();
  assert.equal(ada.client.you?.nick, "ada-2");
  assert.deepEqual(server.heard.filter((one) => one.startsWith("nick")), []);
  await world.leave(ada);
});
