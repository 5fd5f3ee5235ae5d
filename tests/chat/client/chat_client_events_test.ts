/** What a `ChatClient` hears: each line once, what it missed, and who is there. */
import assert from "node:assert/strict";
import { LineFlag } from "../../../lib/chat/line_codec.ts";
import { ScriptServer, ScriptStore, settleAll } from "./script_server.ts";
import { chatService } from "../../../lib/chat/protocol.ts";
import { setUp } from "./client_set_up.ts";

const { kinds } = chatService;

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
