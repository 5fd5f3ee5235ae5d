import assert from "node:assert/strict";
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import { MAX_IN_FLIGHT } from "../../../lib/chat/limits.ts";
import { LineFlag } from "../../../lib/chat/line_codec.ts";
import { chatService } from "../../../lib/chat/protocol.ts";
import { MemoryNetwork } from "../../../lib/transport/memory_network.ts";
import { FakeStateFiles } from "../../fake_state_files.ts";
import { ScriptServer, ScriptStore, ScriptWorld, settleAll } from "./script_server.ts";

const { kinds } = chatService;

function setUp() {
  const world = new ScriptWorld();
  const store = new ScriptStore();
  return { world, store, clock: world.clock, server: new ScriptServer(world, store) };
}

Deno.test("ChatClient enters its inbox and its rooms before it sends lines", async () => {
  const { world, store, server } = setUp();
  store.add("#lobby", "one");
  const ada = await world.join({ rooms: ["#lobby", "#dev"] });
  await ada.client.say("#dev", "hi");
  await settleAll();
  assert.deepEqual(server.heard, [
    "join @ last 50",
    "join #lobby last 50",
    "join #dev last 50",
    "say 1 #dev hi",
  ]);
  assert.deepEqual(ada.lines(), ["#lobby 1 one", "#dev 1 hi"]);
  assert.deepEqual(ada.of("line").map(({ isOwn }) => isOwn), [false, true]);
  assert.deepEqual(ada.of("sent"), [{ type: "sent", upTo: 1, waiting: 0 }]);
  await world.leave(ada);
});

Deno.test("ChatClient shows all of its first lines, even if the line is lost before the room has come", async () => {
  for (const answersJoin of [false, true]) {
    const { world, store, clock, server } = setUp();
    for (let i = 1; i <= 10; i++) store.add("#lobby", `old ${i}`);
    server.onJoin = answersJoin ? "room" : "nothing";
    const ada = await world.join({ last: 5 });
    for (let i = 1; i <= 20; i++) await ada.client.say(i % 2 === 0 ? "#lobby" : "@bob", `l${i}`);
    await settleAll();
    const before = store.committed.length;
    assert.equal(before, answersJoin ? 20 : 0, "nothing goes before the room has come");
    for (const link of world.network.links) link.cut();
    server.onJoin = "all";
    await clock.advance(2000);
    assert.equal(store.committed.length, 20);
    const own = ada.of("line").filter(({ isOwn }) => isOwn).map(({ text }) => text);
    assert.equal(own.length, 20, "all are shown");
    const old = ada.of("line").filter(({ isOwn }) => !isOwn).map(({ text }) => text);
    assert.deepEqual(old, [6, 7, 8, 9, 10].map((i) => `old ${i}`));
    await world.leave(ada);
  }
});

Deno.test("ChatClient sends lines for a room that it is not in, and is refused", async () => {
  const { world, server } = setUp();
  const ada = await world.join();
  await ada.client.say("#elsewhere", "hi");
  await settleAll();
  assert.equal(server.heard.at(-1), "say 1 #elsewhere hi");
  await world.leave(ada);
});

Deno.test("ChatClient sends lines of a lost line's time once, in order, and asks for what it missed", async () => {
  const { world, store, clock, server } = setUp();
  const ada = await world.join();
  await ada.client.say("#lobby", "l1");
  await settleAll();
  server.holds = true;
  for (const text of ["l2", "l3"]) await ada.client.say("#lobby", text);
  await settleAll();
  world.network.links.at(-1)?.cut();
  await settleAll();
  assert.equal(ada.client.isConnected, false);
  assert.equal(ada.of("disconnected").at(-1)?.code, "lost");
  await ada.client.say("#lobby", "l4");
  server.release(); // l2 and l3 are committed, and their acknowledgement is lost
  server.holds = false;
  store.add("#lobby", "from bob");
  await clock.advance(5000);
  assert.deepEqual(store.committed, ["l1", "l2", "l3", "l4"]);
  assert.deepEqual(ada.lines(), [
    "#lobby 1 l1",
    "#lobby 2 l2",
    "#lobby 3 l3",
    "#lobby 4 from bob",
    "#lobby 5 l4",
  ]);
  assert.equal(server.heard.filter((one) => one === "join #lobby after 1").length, 1);
  assert.equal(ada.client.waiting, 0);
  assert.equal(ada.of("sent").at(-1)?.upTo, 4);
  await world.leave(ada);
});

Deno.test("ChatClient sends what a killed client had queued, once, in order", async () => {
  const { world, store, clock, server } = setUp();
  const ada = await world.join({}, new Map());
  await ada.client.say("#lobby", "l1");
  await settleAll();
  server.holds = true;
  await ada.client.say("#lobby", "l2");
  await settleAll();
  world.network.links.at(-1)?.cut();
  await settleAll();
  await ada.client.say("#lobby", "l3");
  assert.deepEqual(ada.of("queued").map(({ text }) => text), ["l1", "l2", "l3"]);
  const disk = ada.kill();
  server.release(); // l2 is committed after the death of who sent it
  server.holds = false;
  await clock.advance(10);
  const again = await world.join({ rooms: undefined }, disk);
  await clock.advance(1000);
  assert.deepEqual(store.committed, ["l1", "l2", "l3"]);
  assert.equal(again.client.waiting, 0);
  assert.equal(server.connections.at(-1)?.terms.resumed, true);
  assert.equal(again.client.joined.all[0], "#lobby", "rooms are remembered");
  await world.leave(again);
});

Deno.test("ChatClient has at most MAX_IN_FLIGHT lines on their way", async () => {
  const { world, store, server } = setUp();
  const ada = await world.join();
  await settleAll();
  server.holds = true;
  const texts = Array.from({ length: MAX_IN_FLIGHT + 10 }, (_, i) => `l${i}`);
  for (const text of texts) await ada.client.say("#lobby", text);
  await settleAll();
  const said = () => server.heard.filter((one) => one.startsWith("say")).length;
  assert.equal(said(), MAX_IN_FLIGHT);
  server.release();
  await settleAll();
  assert.equal(said(), texts.length);
  server.release();
  await settleAll();
  assert.deepEqual(store.committed, texts);
  await world.leave(ada);
});

Deno.test("ChatClient shows a refused line with what it was, and goes on", async () => {
  const { world, store, server } = setUp();
  const ada = await world.join();
  server.refuses = (text) => text === "bad" ? "suspended for 3 min" : undefined;
  for (const text of ["bad", "good"]) await ada.client.say("#lobby", text);
  await settleAll();
  assert.deepEqual(ada.of("refused"), [{
    type: "refused",
    sequence: 1,
    code: "suspended",
    message: "suspended for 3 min",
    where: "#lobby",
    text: "bad",
  }]);
  assert.deepEqual(store.committed, ["good"]);
  assert.equal(ada.client.waiting, 0);
  await world.leave(ada);
});

Deno.test("ChatClient says that lines are missing, and asks for them", async () => {
  const { world, store, server } = setUp();
  const ada = await world.join();
  store.add("#lobby", "one");
  server.broadcast(store.lines("#lobby")[0]!);
  await settleAll();
  store.add("#lobby", "two");
  server.broadcast(store.add("#lobby", "three"));
  server.broadcast(store.add("#lobby", "four"));
  await settleAll();
  assert.deepEqual(ada.lines().map((line) => line.slice(7)), [
    "1 one",
    "2 two",
    "3 three",
    "4 four",
  ]);
  assert.equal(server.heard.filter((one) => one === "join #lobby after 1").length, 1);
  const said = ada.of("local").filter(({ isError }) => isError).flatMap(({ lines }) => lines);
  assert.deepEqual(said, [
    "The server left out line 2 of #lobby; asking for what is missing",
  ]);
  assert.equal(server.heard.at(-1), "join #lobby after 1");
  await world.leave(ada);
});

Deno.test("ChatClient knows from its entering on what is missing, and after a restart too", async () => {
  const { world, store, server } = setUp();
  for (const text of ["one", "two", "three"]) store.add("#lobby", text);
  const ada = await world.join({ last: 0 }, new Map());
  await settleAll();
  assert.deepEqual(ada.lines(), []);
  const again = await world.join({ rooms: undefined }, ada.kill());
  store.add("#lobby", "four");
  await settleAll();
  assert.equal(server.heard.at(-1), "join #lobby after 3");
  server.broadcast(store.add("#lobby", "five"));
  await settleAll();
  assert.deepEqual(again.lines(), ["#lobby 4 four", "#lobby 5 five"]);
  await world.leave(again);
});

Deno.test("ChatClient says that a line is queued when it would outlive a kill", async () => {
  const { world, store } = setUp();
  let disk = new Map<string, Uint8Array>();
  const ada = await world.join({}, new Map(), (event, now) => {
    if (event.type === "queued") disk = now;
  });
  await ada.client.say("#lobby", "l1");
  ada.kill();
  await settleAll();
  assert.deepEqual(store.committed, [], "it was never sent");
  const again = await world.join({}, disk);
  await settleAll();
  assert.deepEqual(store.committed, ["l1"]);
  await world.leave(again);
});

Deno.test("ChatClient goes on behind a gap that the server cannot fill", async () => {
  const { world, store, server } = setUp();
  const ada = await world.join();
  server.broadcast(store.add("#lobby", "one"));
  await settleAll();
  store.add("#lobby", "three", { id: 3 });
  server.broadcast(store.add("#lobby", "four", { id: 4 }));
  await settleAll();
  server.broadcast(store.add("#lobby", "five", { id: 5 }));
  await settleAll();
  assert.deepEqual(ada.lines().map((line) => line.slice(7)), [
    "1 one",
    "3 three",
    "4 four",
    "5 five",
  ]);
  await world.leave(ada);
});

Deno.test("ChatClient forgets ids when the server has another store, and says so", async () => {
  const { world, store, clock, server } = setUp();
  store.add("#lobby", "one");
  store.add("#lobby", "two");
  const ada = await world.join({}, new Map());
  await settleAll();
  await clock.runUntil(server.kill(world));
  const other = new ScriptStore();
  other.storeId = "00000000000000bb";
  other.add("#lobby", "anew");
  const second = new ScriptServer(world, other);
  await ada.client.say("#lobby", "hi");
  await clock.advance(60_000);
  assert.deepEqual(ada.lines().slice(2), ["#lobby 1 anew", "#lobby 2 hi"]);
  assert.equal(ada.of("sent").at(-1)?.upTo, 1, "numbers begin anew");
  assert.equal(second.heard[1], "join #lobby last 50");
  const said = ada.of("local").flatMap(({ lines }) => lines).join("\n");
  assert.match(said, /does not know this session any more: a new one begins\n.*: 1 lines?/);
  assert.match(said, /new store/);
  await world.leave(ada);
});

Deno.test("ChatClient takes up lines that a server has lost its end of", async () => {
  const { world, store, clock, server } = setUp();
  for (const text of ["one", "two", "three"]) store.add("#lobby", text);
  const ada = await world.join();
  await settleAll();
  store.lines("#lobby").length = 1; // an old copy of the store
  world.network.links.at(-1)?.cut();
  await clock.advance(2000);
  server.broadcast(store.add("#lobby", "other two"));
  await settleAll();
  assert.equal(ada.lines().at(-1), "#lobby 2 other two");
  assert.match(ada.of("local").at(-1)?.lines[0] ?? "", /has lost lines of #lobby: it had 3, has 1/);
  await world.leave(ada);
});

Deno.test("ChatClient shows nothing of somebody who is ignored, also under another name", async () => {
  const { world, store, server } = setUp();
  const ada = await world.join({}, new Map());
  await settleAll();
  ada.client.ignored.add({ author: 99, nick: "bob" });
  server.broadcast(store.add("#lobby", "spam", { nick: "rob" }));
  server.broadcast(store.add("@", "spam", { flags: LineFlag.Private }));
  server.broadcast(store.add("#lobby", "eve speaks", { author: 98, nick: "eve" }));
  await settleAll();
  assert.deepEqual(ada.lines(), ["#lobby 2 eve speaks"]);
  ada.client.ignored.remove("bob");
  server.broadcast(store.add("#lobby", "hello"));
  await settleAll();
  assert.equal(ada.lines().at(-1), "#lobby 3 hello");
  ada.client.ignored.add({ author: 98, nick: "eve" });
  await settleAll();
  const again = await world.join({}, ada.kill());
  await settleAll();
  assert.deepEqual(again.client.ignored.all, [{ author: 98, nick: "eve" }]);
  await world.leave(again);
});

Deno.test("ChatClient begins a new inbox with a new session", async () => {
  const { world, store, clock, server } = setUp();
  const ada = await world.join();
  await settleAll();
  for (const text of ["p1", "p2"]) {
    server.broadcast(store.add("@", text, { flags: LineFlag.Private }));
  }
  await settleAll();
  store.sessions.forget(ada.client.session?.id ?? "");
  store.lines("@").length = 0;
  store.add("@", "first of the new one", { flags: LineFlag.Private });
  world.network.links.at(-1)?.cut();
  await clock.advance(5000);
  assert.deepEqual(ada.lines(), ["@bob 1 p1", "@bob 2 p2", "@bob 1 first of the new one"]);
  const said = ada.of("local").flatMap(({ lines }) => lines);
  assert.deepEqual(said, ["The server does not know this session any more: a new one begins"]);
  await world.leave(ada);
});

Deno.test("ChatClient sends a full window again to a server that was killed", async () => {
  const { world, store, clock, server } = setUp();
  const ada = await world.join();
  await settleAll();
  server.holds = true;
  const texts = Array.from({ length: MAX_IN_FLIGHT + 5 }, (_, i) => `l${i}`);
  for (const text of texts) await ada.client.say("#lobby", text);
  await settleAll();
  await clock.runUntil(server.kill(world));
  new ScriptServer(world, store);
  await clock.advance(60_000);
  assert.deepEqual(store.committed, texts);
  await world.leave(ada);
});

Deno.test("ChatClient.history() gives older lines, and newer ones come on", async () => {
  const { world, store, server } = setUp();
  for (let i = 1; i <= 9; i++) store.add("#lobby", `t${i}`);
  const ada = await world.join({ last: 2 });
  await settleAll();
  assert.deepEqual(ada.lines(), ["#lobby 8 t8", "#lobby 9 t9"]);
  ada.client.history("#lobby", 3);
  await settleAll();
  ada.client.history("#lobby", 3);
  await settleAll();
  server.broadcast(store.add("#lobby", "t10"));
  await settleAll();
  assert.deepEqual(server.heard.slice(-2), ["history #lobby before 8", "history #lobby before 5"]);
  assert.deepEqual(
    ada.of("line").map(({ id }) => id),
    [8, 9, 5, 6, 7, 2, 3, 4, 10],
  );
  await world.leave(ada);
});

Deno.test("ChatClient.settled() waits for lines, rooms and answers", async () => {
  const { world, clock, server } = setUp();
  server.holds = true;
  const ada = await world.join();
  let isSettled = false;
  await ada.client.say("#lobby", "hi");
  await settleAll();
  ada.client.settled().then(() => isSettled = true);
  await settleAll();
  assert.equal(isSettled, false);
  server.answers = false;
  ada.client.command("!list");
  server.release();
  await clock.advance(1000);
  assert.equal(isSettled, false);
  server.last.send(kinds.reply, { command: "!list", isDone: true, lines: ["did !list"] });
  await clock.advance(1);
  assert.equal(isSettled, true);
  assert.deepEqual(ada.of("reply").map(({ lines }) => lines), [["did !list"]]);
  await world.leave(ada);
});

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

/** State files on a disk that can be full. */
class FullableStateFiles extends FakeStateFiles {
  isFull = false;

  override async open(path: string) {
    const file = await super.open(path);
    if (file === undefined) return undefined;
    const full = () => Promise.reject(new Error("no space left"));
    return {
      ...file,
      append: (bytes: Uint8Array) => this.isFull ? full() : file.append(bytes),
      replace: (bytes: Uint8Array) => this.isFull ? full() : file.replace(bytes),
    };
  }
}

Deno.test("ChatClient says once that a line cannot be kept, and sends it when it can", async () => {
  const { world, store, clock, server } = setUp();
  const files = new FullableStateFiles();
  const ada = await world.join({}, new Map(), undefined, files);
  await settleAll();
  files.isFull = true;
  const saying = ada.client.say("#lobby", "hi");
  server.broadcast(store.add("#lobby", "from bob"));
  await settleAll();
  assert.deepEqual(store.committed, [], "its number could be given twice");
  assert.deepEqual(ada.lines(), ["#lobby 1 from bob"], "it is shown all the same");
  const [said, ...more] = ada.of("local").flatMap(({ lines }) => lines);
  assert.match(said ?? "", /^Cannot keep what is typed and seen: no space left; trying again$/);
  assert.deepEqual(more, []);
  assert.deepEqual(ada.of("queued"), []);
  files.isFull = false;
  await clock.advance(2000);
  assert.equal(await saying, true);
  assert.equal(ada.of("queued").length, 1);
  assert.deepEqual(store.committed, ["hi"]);
  await world.leave(ada);
});

Deno.test("ChatClient knows who is in a room", async () => {
  const { world, store, server } = setUp();
  const ada = await world.join();
  await settleAll();
  const eve = { author: 7, nick: "eve", room: "#lobby" };
  server.last.send(kinds.presence, { events: [{ ...eve, what: "joined" }] });
  server.last.send(kinds.presence, {
    events: [{ ...eve, nick: "Eva", what: "renamed", was: "eve" }],
  });
  const quiet = { author: 8, nick: "max", room: "#lobby", what: "joined", isQuiet: true } as const;
  server.last.send(kinds.presence, { events: [quiet] });
  await settleAll();
  assert.equal(ada.client.book.find("#lobby")?.memberCount, 4);
  assert.equal(ada.of("presence").at(-1)?.isQuiet, true);
  server.last.send(kinds.presence, { events: [{ ...quiet, what: "left" }] });
  await settleAll();
  assert.equal(ada.client.book.who("EVA")?.author, 7);
  assert.equal(ada.client.book.find("#lobby")?.memberCount, 3);
  server.last.send(kinds.presence, { events: [{ ...eve, what: "left", reason: "quit" }] });
  await settleAll();
  assert.equal(ada.client.book.find("#lobby")?.memberCount, 2);
  server.broadcast(store.add("#lobby", "hi"));
  server.broadcast(store.add("#lobby", "hi", { author: 55, nick: "joe" }));
  await settleAll();
  assert.equal(ada.client.book.find("#lobby")?.memberCount, 3, "who speaks is there");
  await world.leave(ada);
});
