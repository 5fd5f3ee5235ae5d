/** `tram chat serve` as a command: what it prints, its console, and how it ends. */
import assert from "node:assert/strict";
import { settle } from "../../lib/clock/fake_clock.ts";
import { chatService } from "../../lib/chat/protocol.ts";
import { dial } from "../../lib/transport/dial.ts";
import { newToken } from "../../lib/transport/token.ts";
import { FakeRoom } from "../fake_context.ts";
import { JoinRoom } from "./client/join_room.ts";
import { nothingSeen, noting } from "./chat_world.ts";

const ADDRESS = { host: "127.0.0.1", port: 7780 };

/** A client of the server in a room. */
async function client({ room }: JoinRoom, clientId: string) {
  const { network, clock } = room;
  const seen = nothingSeen();
  const options = { ...ADDRESS, clientId, network, clock };
  const dialled = dial(chatService, options, () => ({ ...noting(seen), exit: () => {} }));
  return { seen, connection: await clock.runUntil(dialled) };
}

Deno.test("chat serve prints one line when it is ready, and its end in good order", async () => {
  await using world = new JoinRoom();
  const server = await world.serve();
  assert.equal(server.stdout.text, "listening on 127.0.0.1:7780\n");
  const { connection } = await client(world, "ada");
  server.interrupt();
  assert.equal(await world.runUntil(server.exitCode), 0);
  const { code, message } = await world.runUntil(connection.closed);
  assert.equal(code, "shutting-down");
  assert.equal(
    message,
    "come back with: tram chat join --host 127.0.0.1 --port 7780; typed lines are kept",
  );
});

Deno.test("chat serve takes commands from its input, and goes on when that has ended", async () => {
  await using world = new JoinRoom();
  const server = await world.serve();
  const { seen, connection } = await client(world, "ada");
  connection.send(chatService.kinds.join, { room: "#lobby" });
  world.console.type("!list\nhello all\n");
  world.console.end();
  await world.runUntil(server.stdout.matching(/Said to 1 member/));
  for (let turns = 0; turns < 10; turns++) await settle();
  assert.match(server.stdout.text, /^name +rank.*\nada /m);
  assert.deepEqual(seen.lines.map(({ nick, text }) => [nick, text]), [["server", "hello all"]]);
  await world.room.clock.advance(60_000);
  assert.equal(connection.isOpen, true);
});

Deno.test("chat serve ends by itself after !shutdown, and says why", async () => {
  await using world = new JoinRoom();
  const server = await world.serve("--json");
  const { seen, connection } = await client(world, "ada");
  world.console.type("!shutdown 30s new disk\n");
  await world.runUntil(server.stdout.matching(/"command":"!shutdown"/));
  await settle();
  assert.equal(seen.notices[0]?.code, "shutdown");
  assert.equal(await world.runUntil(server.exitCode), 0);
  assert.match((await connection.closed).message, /^new disk; come back with: /);
  const events = server.stdout.text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(events.map(({ type }) => type), [
    "listening",
    "joined",
    "reply",
    "closing",
    "left",
  ]);
});

Deno.test("chat serve keeps lines, names and sessions in its store", async () => {
  await using world = new JoinRoom();
  const first = await world.serve("--store", "room.sqlite");
  const ada = world.join("ada", ["--no-state"]);
  ada.stdin.type("for later\n");
  ada.stdin.end();
  assert.equal(await world.runUntil(ada.exitCode), 0);
  first.interrupt();
  assert.equal(await world.runUntil(first.exitCode), 0);
  await world.serve("--store", "room.sqlite");
  const bob = world.join("ada", ["--no-state"]);
  await world.runUntil(bob.stdout.matching(/for later/));
  await world.runUntil(bob.stderr.matching(/ada-2/));
  bob.interrupt();
  await world.runUntil(bob.exitCode);
});

Deno.test("chat serve plays relay, with its own commands", async () => {
  await using world = new JoinRoom();
  const server = await world.serve("--mode", "relay", "--game", "tictactoe");
  const { seen, connection } = await client(world, "ada").catch((error) => assert.fail(error));
  await settle();
  assert.equal(seen.you[0]?.mode, "relay");
  world.console.type("!list\n!shutdown 2s\n");
  await world.runUntil(server.stdout.matching(/The server ends in 2/));
  assert.match(server.stdout.text, /^seat +who/m);
  assert.equal(await world.runUntil(server.exitCode), 0);
  assert.equal(connection.isOpen, false);
});

for (
  const [flags, line] of [
    [["--game", "nim"], /--game goes with --mode relay/],
    [["--mode", "relay", "--clock", "5m"], /--clock goes with --game/],
    [["--mode", "relay", "--operator", "ada"], /Cannot use --operator in a relay/],
    [["--mode", "relay", "--file-rate", "1MB"], /Cannot use --file-rate in a relay/],
    [["--operator", "a b"], /wanted a name/],
    [["--insecure", "--token-file", "t"], /Cannot both take a token and be --insecure/],
  ] as const
) {
  Deno.test(`chat serve ${flags.join(" ")} ends with 2 and one line`, async () => {
    const room = new FakeRoom();
    room.texts.set("t", `${"0".repeat(64)}\n`);
    const { stderr, exitCode } = room.run(["chat", "serve", ...flags]);
    assert.equal(await room.clock.runUntil(exitCode), 2);
    assert.match(stderr.text, line);
    assert.equal(stderr.text.split("\n").length, 2);
  });
}

Deno.test("chat serve warns of operators that nobody can be", async () => {
  const room = new FakeRoom();
  const { secret } = newToken();
  const hex = [...secret].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  room.texts.set("t", `ada ${hex}\n`);
  const server = room.run(["chat", "serve", "--token-file", "t", "--operator", "ada,bob"]);
  await room.clock.runUntil(server.stdout.matching(/listening/));
  server.interrupt();
  assert.equal(await room.clock.runUntil(server.exitCode), 0);
  assert.match(server.stderr.text, /nobody can be operator "bob"/);
  assert.doesNotMatch(server.stderr.text, /"ada"/);
});
