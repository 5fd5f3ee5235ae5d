/** `chat serve` and `chat join` as their users start, use and stop them. */
import assert from "node:assert/strict";
import type { Page, Reply, RoomState } from "../../lib/chat/messages.ts";
import { type ClientEvent, withChat } from "./chat_room.ts";
import { until } from "./collect_room.ts";
import { JsonProcess } from "./json_process.ts";
import { runTram, TramProcess } from "./processes.ts";

/** A client that goes on after the end of its input. */
const STAY = ["--stay"];

Deno.test("chat and its commands explain themselves", async () => {
  for (
    const [args, words] of [
      [["chat", "--help"], ["serve", "join", "replay"]],
      [["chat", "serve", "--help"], ["--motd", "--operator", "--pace", "--mode"]],
      [["chat", "join", "--help"], ["--nick", "--room", "--accept", "--stay"]],
      [["chat", "replay", "--help"], ["FILE", "PAIR"]],
    ] as const
  ) {
    const { code, stdout, stderr } = await runTram(args);
    assert.deepEqual([code, stderr], [0, ""]);
    for (const word of words) assert(stdout.includes(word), `${args}: ${word}`);
  }
});

Deno.test("chat refuses command lines that are wrong with 2 and one line", () =>
  withChat(async ({ env, store }) => {
    for (
      const args of [
        ["join", "--nick", "a b"],
        ["join", "--port", "0"],
        ["join", "--last", "501"],
        ["join", "--room", ""],
        ["join", "--nosuch"],
        ["serve", "--store", store, "--game", "nim"],
        ["serve", "--store", store, "--mode", "relay", "--clock", "5m"],
        ["serve", "--store", store, "--max-file", "much"],
        ["serve", "--store", store, "--motd", "\x1b[2J"],
        ["replay"],
      ]
    ) {
      const { code, stdout, stderr } = await runTram(["chat", ...args], env);
      assert.deepEqual([code, stdout], [2, ""], `${args}`);
      // deno-lint-ignore no-control-regex
      assert.match(stderr, /^tram: [^\n\x1b]+\n$/, `${args}`);
    }
  }));

Deno.test("chat join ends with 69 where nobody answers, 77 where its token is refused", () =>
  withChat(async (room) => {
    await using server = await room.serve();
    await using before = await room.joined(server.port, "ada");
    await before.endInput();
    assert.equal((await before.ended).code, 0);
    const other = { TRAM_CONFIG_DIR: `${room.folder}/other` };
    await using stranger = room.client(server.port, "eve", ["--no-state"], other);
    const { code, stderr } = await stranger.ended;
    assert.equal(code, 77);
    assert.match(stderr, /^tram: .*token.*\n$/);
    server.process.kill("SIGINT");
    assert.equal((await server.process.ended).code, 0);
    await using late = room.client(server.port, "ada");
    const ended = await late.ended;
    assert.equal(ended.code, 69);
    assert.match(ended.stderr, /^tram: Cannot reach 127\.0\.0\.1:\d+: connection refused/);
  }));

Deno.test("chat join says what its input says, and leaves when all of it is delivered", () =>
  withChat(async (room) => {
    await using server = await room.serve(["--motd", "be kind"]);
    await using bob = await room.joined(server.port, "bob", ["--room", "#lobby,#dev", ...STAY]);
    await using ada = room.client(server.port, "ada", ["--room", "#dev"]);
    await ada.type("one\ntwo\n!!three\n!msg bob four\n\n!who bob");
    await ada.endInput();
    const { code, stderr } = await ada.ended;
    assert.deepEqual([code, stderr], [0, ""]);
    await bob.event("presence", ({ what, reason }) => what === "left" && reason === "quit");
    const got = (place: string) =>
      bob.of("line").filter(({ where }) => where === place).map(({ text }) => text);
    assert.deepEqual([got("#dev"), got("@ada")], [["one", "two", "!three"], ["four"]]);
    assert.deepEqual(room.lines("#dev").map(({ id, text }) => [id, text]), [
      [1, "one"],
      [2, "two"],
      [3, "!three"],
    ]);
    assert.equal(bob.of("you")[0]?.motd, "be kind");
    assert.equal(ada.of("sent").at(-1)?.upTo, 4);
    assert.deepEqual(ada.of("queued").map(({ sequence }) => sequence), [1, 2, 3, 4]);
    const reply: Reply | undefined = ada.of("reply")[0];
    assert.equal(reply?.isDone, true);
  }));

Deno.test("chat join --json has a type and all members in each event", () =>
  withChat(async (room) => {
    await using server = await room.serve();
    await using ada = await room.joined(server.port, "ada", STAY);
    await ada.type("häl\u202elo");
    const { timeUs, ...line } = await ada.event("line");
    assert(Math.abs(timeUs / 1000 - Date.now()) < 60_000);
    assert.deepEqual(line, {
      type: "line",
      isOwn: true,
      isMaybeSeen: false,
      id: 1,
      author: 1,
      where: "#lobby",
      nick: "ada",
      text: "häl\u202elo",
      isPrivate: false,
      isReplayed: false,
    });
    await ada.event("sent", ({ upTo }) => upTo === 1);
    ada.kill("SIGINT");
    const { code, stdout, stderr } = await ada.ended;
    assert.deepEqual([code, stderr], [130, ""]);
    assert(!stdout.includes("\u202e"), "what turns text around is escaped");
    assert.deepEqual(ada.lines, []);
    assert.deepEqual([...new Set(ada.events.map(({ type }) => type))], [
      ...["connected", "you", "page", "room", "queued", "line", "sent"],
    ]);
    const known: RoomState | Page | undefined = ada.of("room")[0];
    assert.equal(known?.room, "#lobby");
  }));

Deno.test("chat join ends with 3 when a line was not taken, and says which", () =>
  withChat(async (room) => {
    await using server = await room.serve();
    await using ada = room.client(server.port, "ada");
    await ada.type(`good\n!msg nobody hello\n${"x".repeat(5000)}\n!nosuchcommand\ngood too`);
    await ada.endInput();
    const { code } = await ada.ended;
    assert.equal(code, 3);
    assert.deepEqual(room.lines("#lobby").map(({ text }) => text), ["good", "good too"]);
    const { code: why, where } = ada.of("refused")[0] ?? {};
    assert.deepEqual([why, where], ["no-such-nick", "@nobody"]);
    const told = ada.of("local").filter(({ isError }) => isError).flatMap(({ lines }) => lines);
    assert(told.some((line) => /longer than 4096 bytes/.test(line)), `${told}`);
  }));

Deno.test("chat join writes plain lines into a pipe, and ends when its reader does", () =>
  withChat(async (room) => {
    await using server = await room.serve();
    const args = ["chat", "join", "--port", server.port, "--stay", "--nick"];
    await using pipe = new TramProcess([...args, "pipe"], room.env);
    await using ada = await room.joined(server.port, "ada", STAY);
    await until("pipe is there", async () => {
      const from = ada.events.length;
      await ada.type("!list");
      const { lines } = await ada.event("reply", () => true, from);
      return lines.some((line) => line.includes("pipe"));
    });
    await ada.type("hello\nagain");
    await pipe.matching(/^\d\d:\d\d #lobby <ada> hello\n\d\d:\d\d #lobby <ada> again\n/m);
    await pipe.stopReading();
    await ada.type("nobody reads this");
    const { code, stderr } = await pipe.ended;
    assert.equal(code, 130);
    assert(!/^tram: |\n +at /m.test(stderr), stderr);
    await ada.event("presence", ({ what, nick }) => what === "left" && nick === "pipe");
  }));

Deno.test("chat join keeps what was typed while there was no line, also when it is killed", () =>
  withChat(async (room) => {
    const server = await room.serve();
    const { port } = server;
    await using _server = server;
    await using ada = await room.joined(port, "ada", STAY);
    await ada.type("before");
    await ada.event("sent");
    server.process.kill();
    await ada.event("disconnected");
    await ada.type("meanwhile 1\nmeanwhile 2");
    await ada.event("queued", ({ text }) => text === "meanwhile 2");
    ada.kill();
    await ada.ended;
    await using _again = await room.serve([], port);
    await using back = room.client(port, "ada");
    await back.type("after");
    await back.endInput();
    assert.equal((await back.ended).code, 0);
    const texts = room.lines("#lobby").map(({ text }) => text);
    assert.deepEqual(texts, ["before", "meanwhile 1", "meanwhile 2", "after"]);
    assert.equal(back.of("connected")[0]?.resumed, true);
  }));

Deno.test("chat join names on ^C what a server that is away does not have", () =>
  withChat(async (room) => {
    await using server = await room.serve();
    await using ada = await room.joined(server.port, "ada", STAY);
    server.process.kill();
    await ada.event("disconnected");
    await ada.type("nobody hears");
    await ada.event("queued");
    ada.kill("SIGINT");
    const { code, stderr } = await ada.ended;
    assert.equal(code, 130);
    assert.match(stderr, /^tram: 1 line is not delivered; sent next time by: tram chat join .+\n$/);
  }));

Deno.test("chat serve takes commands on its input, and shuts down with a word to everybody", () =>
  withChat(async (room) => {
    await using server = await room.serve();
    const { process, port } = server;
    await using ada = await room.joined(port, "ada", STAY);
    await process.type("!list\nhello all\n!nosuch\n!shutdown 0.5s tea");
    const line = await ada.event("line", ({ author }) => author === 0);
    assert.equal(line.text, "hello all");
    const { inMs, reason } = await ada.event("notice", ({ code }) => code === "shutdown");
    assert.deepEqual([reason, inMs !== undefined && inMs <= 500], ["tea", true]);
    await using late = room.client(port, "late", ["--no-state"]);
    const { code, stderr } = await process.ended;
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal((await late.ended).code === 0, false, "nobody comes in any more");
    const replies = process.of("reply").map(({ command, isDone }) => [command, isDone]);
    assert.deepEqual(replies, [["!list", true], ["!say", true], ["!nosuch", false], [
      "!shutdown",
      true,
    ]]);
    const end = await ada.event("disconnected");
    assert.equal(end.code, "shutting-down");
    assert.match(
      end.message,
      /^tea; come back with: tram chat join --host 127\.0\.0\.1 --port \d+/,
    );
    const files = [...Deno.readDirSync(room.folder)].map(({ name }) => name);
    assert(!files.includes("chat.sqlite-wal"), "one file is left that can be copied");
  }));

Deno.test("chat serve and chat join go on with /dev/null as their input", () =>
  withChat(async (room) => {
    const serve = ["chat", "serve", "--port", "0", "--store", ":memory:", "--json"];
    await using server = new TramProcess(serve, room.env);
    const [, port = ""] = await server.matching(/"port":(\d+)\}\n/);
    await using client: JsonProcess<ClientEvent> = room.client(port, "ada");
    await client.event("you");
    await client.type("hello");
    await client.endInput();
    assert.equal((await client.ended).code, 0);
    server.kill("SIGTERM");
    const { code, stderr } = await server.ended;
    assert.deepEqual([code, stderr], [0, ""]);
  }));
