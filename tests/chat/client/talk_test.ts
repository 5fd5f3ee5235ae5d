import assert from "node:assert/strict";
import { LineFlag } from "../../../lib/chat/line_codec.ts";
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
