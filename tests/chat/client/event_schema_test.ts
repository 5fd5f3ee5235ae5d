/** Shapes of what `chat join --json` prints, compared with `tests/schema`; UPDATE_SNAPSHOTS=1 writes them anew. */
import assert from "node:assert/strict";
import { jsonShape } from "../../json_shape.ts";
import { JoinRoom } from "./join_room.ts";

const FOLDER = new URL("../../schema/", import.meta.url);

type Events = Map<string, Readonly<Record<string, unknown>>[]>;

async function assertShapes(events: Events, types: readonly string[]): Promise<void> {
  assert.deepEqual([...events.keys()].sort(), types.toSorted());
  for (const type of types) {
    const file = new URL(`chat_event_${type.replaceAll("-", "_")}.txt`, FOLDER);
    const shape = jsonShape(events.get(type) ?? []);
    if (Deno.env.get("UPDATE_SNAPSHOTS") === "1") await Deno.writeTextFile(file, shape);
    assert.equal(shape, await Deno.readTextFile(file), type);
  }
}

Deno.test("JSON of chat join has the shapes that bots rely on: rooms", async () => {
  await using world = new JoinRoom();
  const server = await world.serve("--motd", "be nice");
  world.room.fileAccess.put("/home/a.txt", new TextEncoder().encode("content"));
  const flags = ["--json", "--stay", "--accept", "--downloads", "/dl"];
  const ada = world.join("ada", ["--nick", "ada", ...flags]);
  await world.runUntil(ada.stdout.matching(/"type":"room"/));
  const bob = world.join("bob", ["--no-state"]);
  bob.stdin.type("hi\n!msg ada psst\n!nick rob\n!send ada /home/a.txt\n");
  bob.stdin.end();
  await world.runSlowly(bob.exitCode);
  ada.stdin.type("hello\n!list\n!ignored\n!history\n!join #dev\n!msg nobody hi\n");
  await world.runUntil(ada.stdout.matching(/"type":"refused"/));
  world.console.type("!suspend ada 10m spam\n");
  await world.runUntil(ada.stdout.matching(/"code":"suspended"/));
  for (const link of world.room.network.links) link.cut();
  await world.runUntil(ada.stdout.matching(/"type":"disconnected"/));
  const visit = async (pattern: RegExp) => {
    const joe = world.join("joe", ["--nick", "joe"]);
    joe.stdin.end();
    await world.runUntil(joe.exitCode);
    await world.runUntil(ada.stdout.matching(pattern));
  };
  await world.runUntil(ada.stdout.matching(/"resumed":true[^]*"type":"page"/));
  await visit(/"nick":"joe"/);
  server.interrupt();
  await world.runUntil(server.exitCode);
  await world.serve("--motd", "be nice");
  await world.runUntil(
    ada.stdout.matching(/"code":"shutting-down"[^]*"resumed":true[^]*"type":"page"/),
  );
  await visit(/"isQuiet":true/);
  ada.interrupt();
  await world.runUntil(ada.exitCode);
  await assertShapes(ada.events(), [
    "connected",
    "disconnected",
    "file",
    "line",
    "local",
    "notice",
    "page",
    "presence",
    "queued",
    "refused",
    "reply",
    "room",
    "sent",
    "you",
  ]);
});

Deno.test("JSON of chat join has the shapes that bots rely on: relay", async () => {
  await using world = new JoinRoom();
  const server = await world.serve("--mode", "relay", "--game", "nim", "--clock", "5m");
  const ada = world.join("ada", ["--json", "--stay", "--no-state"]);
  await world.runUntil(ada.stdout.matching(/"type":"number"/));
  const bob = world.join("bob", ["--json", "--stay", "--no-state"]);
  await world.runUntil(bob.stdout.matching(/"type":"number"/));
  ada.stdin.type("nonsense\n");
  await world.runUntil(ada.stdout.matching(/"type":"verdict"/));
  const [, move = ""] = await world.runUntil(ada.stdout.matching(/"moves":\["([^"]+)"/));
  ada.stdin.type(`${move}\n`);
  const [, answer = ""] = await world.runUntil(bob.stdout.matching(/"moves":\["([^"]+)"/));
  bob.stdin.type(`${answer}\n`);
  await world.runUntil(ada.stdout.matching(/"type":"message"/));
  bob.stdin.type("fin\n");
  await world.runUntil(ada.stdout.matching(/"type":"peer-left"/));
  server.interrupt();
  await world.runUntil(ada.exitCode);
  const relay = ["number", "role", "message", "peer-left", "peer", "verdict", "state", "exit"];
  const events = new Map([...ada.events()].filter(([type]) => relay.includes(type)));
  await assertShapes(events, relay);
});
