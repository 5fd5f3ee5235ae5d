/** Who may come in and speak, how they are called, and what waits for them. */
import assert from "node:assert/strict";
import { withChat } from "./chat_room.ts";

/** A client that goes on after the end of its input. */
const STAY = ["--stay"];

Deno.test("chat serve turns the banned away at the door, until they are forgiven", () =>
  withChat(async (room) => {
    await using server = await room.serve();
    const { process, port } = server;
    await using ada = await room.joined(port, "ada", STAY);
    await using eve = await room.joined(port, "eve", STAY);
    await process.type("!ban eve 7d spam");
    const { code, stderr } = await eve.ended;
    assert.equal(code, 77);
    assert.match(stderr, /^tram: .*spam/);
    const left = await ada.event("presence", ({ what }) => what === "left");
    assert.deepEqual([left.nick, left.reason], ["eve", "banned"]);
    await using again = room.client(port, "eve", STAY);
    const refused = await again.ended;
    assert.equal(refused.code, 77);
    assert.match(refused.stderr, /spam/);
    process.kill();
    await process.ended;
    await using next = await room.serve([], port);
    await using still = room.client(port, "eve", STAY);
    assert.equal((await still.ended).code, 77, "it outlives the server");
    const from = next.process.events.length;
    await next.process.type("!forgive eve");
    assert.equal((await next.process.event("reply", () => true, from)).isDone, true);
    await using back = await room.joined(port, "eve", STAY);
    assert.equal(back.of("connected")[0]?.resumed, true);
  }));

Deno.test("chat serve tells who is suspended, and who is forgiven, and lets them read", () =>
  withChat(async (room) => {
    await using server = await room.serve();
    const { process, port } = server;
    await using ada = await room.joined(port, "ada", STAY);
    await using eve = await room.joined(port, "eve", STAY);
    await process.type("!suspend eve 5m noise");
    const told = await eve.event("notice", ({ code }) => code === "suspended");
    assert.deepEqual([told.by, told.reason], ["console", "noise"]);
    const leftMs = (told.untilUs ?? 0) / 1000 - Date.now();
    assert(leftMs > 4 * 60_000 && leftMs <= 5 * 60_000, `${leftMs}`);
    await eve.type("may I");
    const { code, message, text } = await eve.event("refused");
    assert.deepEqual([code, text], ["suspended", "may I"]);
    assert.match(message, /noise/);
    await ada.type("can you read");
    await eve.event("line", (line) => line.text === "can you read");
    await process.type("!forgive eve");
    await eve.event("notice", (notice) => notice.code === "forgiven");
    await eve.type("thanks");
    await ada.event("line", (line) => line.text === "thanks");
    assert.deepEqual(room.lines("#lobby").map((line) => line.text), ["can you read", "thanks"]);
  }));

Deno.test("chat keeps a private line for somebody who is away", () =>
  withChat(async (room) => {
    await using server = await room.serve();
    const { port } = server;
    await using ada = await room.joined(port, "ada", STAY);
    await using bob = await room.joined(port, "bob");
    await bob.endInput();
    await bob.ended;
    await ada.type("!msg bob see you tomorrow");
    const away = await ada.event("notice", ({ code }) => code === "away");
    assert.match(away.message, /bob/);
    await using other = await room.joined(port, "eve", STAY);
    await using back = await room.joined(port, "bob", STAY);
    const line = await back.event("line", ({ isPrivate }) => isPrivate);
    assert.deepEqual([line.text, line.where, line.isOwn], ["see you tomorrow", "@ada", false]);
    assert.deepEqual(other.of("line"), [], "nobody else reads it");
    await back.type("!quit");
    assert.equal((await back.ended).code, 0);
    await using once = await room.joined(port, "bob");
    await once.endInput();
    await once.ended;
    assert.deepEqual(once.of("line"), [], "it comes once");
  }));

Deno.test("chat gives a name to one, and another one to the next who wants it", () =>
  withChat(async (room) => {
    await using server = await room.serve();
    const { port } = server;
    await using ada = await room.joined(port, "ada", STAY);
    await using second = await room.joined(port, "Ada", ["--no-state", ...STAY]);
    assert.equal(ada.of("you")[0]?.nick, "ada");
    const nick = second.of("you")[0]?.nick ?? "";
    assert.match(nick, /^Ada-\d$/);
    const notice = await second.event("notice", ({ code }) => code === "nick-changed");
    assert.match(notice.message, /Ada/);
    await second.type("!nick lovelace");
    const renamed = await ada.event("presence", ({ what }) => what === "renamed");
    assert.deepEqual([renamed.was, renamed.nick], [nick, "lovelace"]);
    await second.type("!nick ADA");
    await second.event("notice", ({ code }) => code === "nick-refused");
    await second.type("who am I");
    const { nick: by } = await ada.event("line");
    assert.equal(by, "lovelace");
  }));
