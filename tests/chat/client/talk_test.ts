import assert from "node:assert/strict";
import { LineFlag } from "../../../lib/chat/line_codec.ts";
import { MAX_IN_FLIGHT } from "../../../lib/chat/limits.ts";
import { helpRows } from "../../../lib/chat/client/client_commands.ts";
import { formatCookie } from "../../../lib/chat/client/cookie_text.ts";
import { PlainView } from "../../../lib/chat/client/plain_view.ts";
import { Talk } from "../../../lib/chat/client/talk.ts";
import { FakeInput } from "../../fake_input.ts";
import { KeptOutput } from "../../kept_output.ts";
import {
  type ScriptClient,
  ScriptServer,
  ScriptStore,
  ScriptWorld,
  settleAll,
} from "./script_server.ts";

function talkOf({ client, memory }: ScriptClient): Talk {
  return new Talk({ client, notes: memory.notes, onQuit: () => {}, columns: () => 80 });
}

async function setUp(rooms = ["#lobby", "#dev"]) {
  const world = new ScriptWorld();
  const store = new ScriptStore();
  const server = new ScriptServer(world, store);
  const talk: { of?: Talk } = {};
  const ada = await world.join({ rooms }, new Map(), (event) => talk.of?.onEvent(event));
  talk.of = talkOf(ada);
  await settleAll();
  return { world, store, server, ada, talk: talk.of };
}

/** What was said, as the server heard it. */
function said(server: ScriptServer): string[] {
  return server.heard.filter((one) => one.startsWith("say")).map((one) => one.slice(6));
}

Deno.test("Talk sends lines to where one is, and remembers that", async () => {
  const { world, server, ada, talk } = await setUp();
  assert.equal(talk.where, "#lobby");
  for (const line of ["one", "!join #dev", "two", "!msg bob", "three", "!leave", "four"]) {
    await talk.type(line);
  }
  await settleAll();
  assert.deepEqual(said(server), ["#lobby one", "#dev two", "@bob three", "#lobby four"]);
  await talk.type("!join #ops");
  const again = talkOf(ada);
  assert.equal(again.where, "#ops");
  await world.leave(ada);
});

Deno.test("Talk answers who wrote last in private, and follows them to another name", async () => {
  const { world, store, server, ada, talk } = await setUp();
  await talk.type("!r too early");
  assert.match(ada.of("local").at(-1)?.lines[0] ?? "", /Nobody has written/);
  server.broadcast(store.add("@", "psst", { flags: LineFlag.Private }));
  await settleAll();
  await talk.type("!r yes?");
  await talk.type("!msg bob");
  ada.client.emit({
    type: "presence",
    room: "#lobby",
    what: "renamed",
    author: 99,
    nick: "rob",
    was: "bob",
  });
  await settleAll();
  await talk.type("to you");
  await talk.type("!r and you");
  await settleAll();
  assert.deepEqual(said(server), ["@bob yes?", "@rob to you", "@rob and you"]);
  await world.leave(ada);
});

Deno.test("Talk ignores by name, and says whom", async () => {
  const { world, ada, talk } = await setUp();
  for (const line of ["!ignore nobody", "!ignore BOB", "!ignored", "!unignore bob", "!ignored"]) {
    await talk.type(line);
  }
  assert.deepEqual(ada.of("local").map(({ lines }) => lines[0]), [
    "Nobody called nobody is here or has said anything",
    "Nothing of bob is shown any more, whatever name they take",
    "bob",
    "Lines of bob are shown again",
    "Nobody is ignored",
  ]);
  assert.equal(talk.refused, 1);
  await world.leave(ada);
});

Deno.test("Talk leaves a room that the server refuses", async () => {
  const { world, ada, talk } = await setUp();
  await talk.type("!join #secret");
  assert.equal(talk.where, "#secret");
  ada.client.emit({ type: "notice", code: "room-refused", message: "no", room: "#secret" });
  await settleAll();
  assert.equal(talk.where, "#lobby");
  await world.leave(ada);
});

Deno.test("Talk has a command wait for the lines before it, and lines for the command", async () => {
  const { world, server, ada, talk } = await setUp();
  server.holds = true;
  const typed = ["l0", "!list", "l1", "!join #ops", "l2", "!nick eva", "!leave #dev", "l3"];
  await Promise.all(typed.map((line) => talk.type(line)));
  await settleAll();
  assert.deepEqual(server.heard.slice(3).filter((one) => !one.startsWith("join")), [
    "say 1 #lobby l0",
    "command !list",
    "say 2 #lobby l1",
    "say 3 #ops l2",
    "nick eva",
    "leave #dev",
    "say 4 #ops l3",
  ]);
  server.release();
  await world.leave(ada);
});

Deno.test("Talk has no command wait longer than there is a line to the server", async () => {
  const { world, server, ada, talk } = await setUp();
  server.holds = true;
  const lines = Array.from({ length: MAX_IN_FLIGHT + 1 }, (_, i) => talk.type(`l${i}`));
  await Promise.all(lines);
  await settleAll();
  const asking = talk.type("!list");
  const after = talk.type("after");
  await settleAll();
  assert.deepEqual(server.heard.filter((one) => one.startsWith("command")), []);
  await world.clock.runUntil(server.kill(world));
  await Promise.all([asking, after]);
  assert.match(ada.of("local").at(-1)?.lines[0] ?? "", /^Cannot ask the server: there is no line/);
  assert.equal(ada.of("queued").at(-1)?.text, "after");
  await world.leave(ada);
});

Deno.test("Talk puts a cookie together that was pasted in pieces, and says none of them", async () => {
  for (const size of [20, 29, 40, 63]) {
    const { world, server, ada, talk } = await setUp();
    const bob = await world.join({ rooms: ["#lobby"] }, new Map());
    await settleAll();
    const { session } = bob.client;
    assert(session !== undefined);
    const cookie = formatCookie(session);
    await talk.type(`!reconnect ${cookie.slice(0, size)}`);
    for (let at = size; at < 64; at += size) await talk.type(cookie.slice(at, at + size));
    await settleAll();
    assert.equal(ada.of("local").at(-1)?.lines[0], "This is that session now");
    await talk.type("here");
    await settleAll();
    assert.deepEqual(said(server), ["#lobby here"]);
    await world.leave(ada);
    await world.leave(bob);
  }
});

Deno.test("Talk says no word after half a cookie that may be the rest, but the next time", async () => {
  const { world, server, ada, talk } = await setUp();
  for (const line of [`!reconnect ${"a".repeat(60)}`, "hello", "hello", "two words"]) {
    await talk.type(line);
  }
  await settleAll();
  assert.deepEqual(ada.of("local").map(({ lines }) => lines[0]), [
    "This cookie lacks 4 letters: what follows is taken for its rest",
    "Not said, since it may be a part of a cookie; the same once more is said",
  ]);
  assert.deepEqual(said(server), ["#lobby hello", "#lobby two words"]);
  await world.leave(ada);
});

Deno.test("Talk says no part of the own cookie", async () => {
  const { world, server, ada, talk } = await setUp();
  await talk.type("!cookie");
  const shown = ada.of("local").at(-1);
  const [line = ""] = shown?.lines ?? [];
  assert.equal(shown?.isForCopying, true);
  assert.match(line, /^!reconnect [\w-]{64}$/);
  const more = ["!quit", "!leave #lobby", "!say", "!msg bob"].map((before) =>
    `${before} ${line.slice(40)}`
  );
  for (const part of [line.slice(40), `look: ${line.slice(11)}`, line.slice(50, 62), ...more]) {
    await talk.type(part);
    assert.match(ada.of("local").at(-1)?.lines[0] ?? "", /^Not said: with this/);
  }
  await talk.type(line.slice(64)); // nobody knows it by that
  await settleAll();
  assert.deepEqual(said(server), [`#lobby ${line.slice(64)}`]);
  await world.leave(ada);
});

Deno.test("Talk has one row of help for each command, in a table where that fits", async () => {
  const { world, ada } = await setUp();
  const helpOf = async (columns: number) => {
    const { client, memory: { notes } } = ada;
    const talk = new Talk({ client, notes, onQuit: () => {}, columns: () => columns });
    await talk.type("!help");
    return ada.of("local").at(-1)?.lines ?? [];
  };
  const wide = await helpOf(80);
  assert.match(wide[1] ?? "", /^!join ROOM {2,}enter a room/);
  assert.equal(wide.length, helpRows().length + 1);
  const narrow = await helpOf(40);
  assert.match(narrow[0] ?? "", /^!join ROOM: enter a room/);
  assert.equal(narrow.length, helpRows().length);
  await world.leave(ada);
});

Deno.test("Talk asks nothing of a server that is not there", async () => {
  const { world, server, ada, talk } = await setUp();
  await world.clock.runUntil(server.kill(world));
  for (const line of ["!list", "!history"]) await talk.type(line);
  assert.deepEqual(ada.of("local").map(({ lines }) => lines[0]), [
    "Cannot ask the server: there is no line to the server",
    "Cannot ask for older lines: there is no line to the server",
  ]);
  await world.leave(ada);
});

Deno.test("PlainView.read() reads no faster than lines are delivered", async () => {
  const { world, store, server, ada, talk } = await setUp();
  server.holds = true;
  const stdin = new FakeInput({ isTerminal: false });
  const [stdout, stderr] = [new KeptOutput(), new KeptOutput()];
  const view = new PlainView({ clock: world.clock, stdin, stdout, stderr, json: false });
  for (let i = 0; i < 900; i++) stdin.type(`l${i}\n`);
  stdin.end();
  const reading = view.read(ada.client, talk, new AbortController().signal);
  await settleAll();
  assert.equal(ada.client.waiting, 500);
  server.holds = false;
  server.release();
  await world.clock.runUntil(reading);
  await settleAll();
  assert.equal(store.committed.length, 900);
  await world.leave(ada);
});
