/** Games over a relay: what the rules say, clocks, who comes and goes. */
import assert from "node:assert/strict";
import { chatService } from "../../../lib/chat/protocol.ts";
import type { RelayClient } from "./relay_world.ts";
import { RelayWorld } from "./relay_world.ts";

async function table(play: Parameters<RelayWorld["serve"]>[0]) {
  const world = new RelayWorld();
  await world.serve(play);
  const ada = await world.join("ada");
  const bob = await world.join("bob");
  ada.news();
  bob.news();
  return { world, ada, bob };
}

/** The position that a client was shown last. */
function view(client: RelayClient): string {
  const state = client.events.findLast(({ type }) => type === "state");
  return state?.type === "state" ? state.view.join("\n") : "";
}

function clocks(client: RelayClient): readonly number[] | undefined {
  const state = client.events.findLast(({ type }) => type === "state");
  return state?.type === "state" ? state.clocksMs : undefined;
}

async function move(world: RelayWorld, client: RelayClient, text: string): Promise<void> {
  client.type(text);
  await world.pass(1);
}

Deno.test("RelayServer() plays a game to its end and begins one with the other seat", async () => {
  const { world, ada, bob } = await table({ game: "tictactoe" });
  assert.equal(ada.events.some((event) => event.type === "number" && event.game), true);
  for (const [client, text] of [[ada, "A1"], [bob, "b1"], [ada, "a2"], [bob, "b2"]] as const) {
    await move(world, client, text);
  }
  assert.match(view(ada), /1 X O \./);
  ada.news();
  bob.news();
  await move(world, ada, "a3");
  assert.deepEqual(ada.news(), ["verdict won 1", "role receiver"]);
  assert.deepEqual(bob.news(), ["message a3", "verdict won 1", "role emitter"]);
  assert.match(view(bob), /1 \. \. \./); // the next game
  assert.match(view(bob), /you: X/);
  await world.end(ada, bob);
});

Deno.test("RelayServer() tells illegal and out of turn apart, and the turn stays", async () => {
  const { world, ada, bob } = await table({ game: "tictactoe" });
  await move(world, ada, "z9");
  assert.deepEqual(ada.news(), ["refused illegal-move"]);
  await move(world, bob, "a1");
  assert.deepEqual(bob.news(), ["refused not-your-turn"]);
  await move(world, ada, "a1");
  assert.deepEqual(bob.news(), ["message a1", "role emitter"]);
  await world.end(ada, bob);
});

Deno.test("RelayServer() tells once that somebody who is there is stalled", async () => {
  const { world, ada, bob } = await table({ game: "nim" });
  await world.pass(59_000);
  assert.deepEqual(bob.news(), []);
  await world.pass(200_000);
  assert.deepEqual(bob.news(), ["verdict stalled 1"]);
  assert.deepEqual(ada.news(), ["verdict stalled 1"]);
  await move(world, ada, "1 1");
  bob.news();
  await world.pass(61_000);
  assert.deepEqual(bob.news(), ["verdict stalled 2"]);
  await world.end(ada, bob);
});

Deno.test("RelayServer() tells gone apart from stalled, and lets a replacement go on", async () => {
  const { world, ada, bob } = await table({ game: "nim" });
  await move(world, ada, "3 5");
  ada.news();
  bob.stop();
  bob.link?.cut();
  await world.pass(1);
  assert.deepEqual(ada.news(), ["peer-left 2 lost"]);
  await world.pass(30_000);
  assert.deepEqual(ada.news(), ["peer-left 2 gone", "verdict gone 2"]);
  await world.pass(120_000);
  assert.deepEqual(ada.news(), []); // nobody is there who could be stalled
  const cleo = await world.join("cleo");
  assert.deepEqual(cleo.news(), ["number 2", "role emitter last 3 5"]);
  assert.match(view(cleo), /3: \|\| \(2\)/);
  await move(world, cleo, "3 2");
  assert.deepEqual(ada.news(), ["peer 2 joined", "message 3 2", "role emitter"]);
  await world.end(ada, cleo);
});

Deno.test("RelayServer() lets a flag fall at its time, and the other side wins", async () => {
  const { world, ada, bob } = await table({ game: "nim", clockMs: 300_000 });
  await world.pass(50_000); // the first move costs nothing
  await move(world, ada, "1 1");
  await world.pass(99_000);
  await move(world, bob, "1 1");
  assert.deepEqual(clocks(ada)?.map((ms) => Math.round(ms / 1000)), [300, 201]);
  await move(world, ada, "1 1");
  ada.news();
  bob.news();
  await world.pass(200_000);
  assert(!bob.news().includes("verdict flag-fallen 2"));
  await world.pass(2_000);
  assert.deepEqual(bob.news(), ["verdict flag-fallen 2", "role emitter"]);
  assert.deepEqual(ada.news().slice(-2), ["verdict flag-fallen 2", "role receiver"]);
  await world.pass(400_000); // the next game has no move: nobody's flag falls
  assert(!bob.news().includes("verdict flag-fallen 2"));
  await world.end(ada, bob);
});

Deno.test("RelayServer() lets a clock run while a line is lost, and stand while a seat is free", async () => {
  const { world, ada, bob } = await table({ game: "nim", clockMs: 300_000 });
  await move(world, ada, "1 1");
  bob.stop();
  bob.link?.cut();
  await world.pass(30_010);
  await world.pass(400_000);
  const cleo = await world.join("cleo");
  const [, left = 0] = clocks(cleo) ?? [];
  assert(left > 269_000 && left <= 270_000, String(left));
  await world.end(ada, cleo);
});

Deno.test("RelayServer() goes on with position and clocks after a restart", async () => {
  const { world, ada, bob } = await table({ game: "connect4", clockMs: 300_000 });
  await move(world, ada, "4");
  await world.pass(10_000);
  await move(world, bob, "4");
  await world.pass(20_000);
  await world.kill();
  await world.pass(200);
  await world.serve({ game: "connect4", clockMs: 300_000 });
  await world.pass(20_000);
  assert.equal(ada.seat.number, 1);
  assert.match(view(ada), /\. \. \. O \. \. \.\n {2}\. \. \. X/);
  const [a = 0, b = 0] = clocks(ada) ?? [];
  assert.equal(Math.round(b / 1000), 290);
  assert(a >= 280_000 && a <= 300_000, String(a)); // what is not stored is not charged
  bob.news();
  await move(world, ada, "4");
  assert.deepEqual(bob.news(), ["message 4", "role emitter"]);
  await world.end(ada, bob);
});

Deno.test("RelayServer() answers !list with seats, roles and games", async () => {
  const { world, ada, bob } = await table({ game: "nim", clockMs: 60_000 });
  const cleo = await world.join("cleo");
  const { lines, data } = world.relay.list();
  assert.equal(lines.length, 5);
  assert.match(lines[1] ?? "", /1 +ada +here +emitter +0 +nim +1 min/);
  assert.equal((data as { pairs: number }).pairs, 2);
  for (const text of ["!say hi", " !LIST "]) ada.connection?.send(chatService.kinds.command, text);
  await world.pass(1);
  const replies = ada.events.flatMap((event) => event.type === "reply" ? [event.isDone] : []);
  assert.deepEqual(replies, [false, true]);
  world.relay.tellAll({ code: "say", message: "hi" });
  await world.pass(1);
  assert.equal(cleo.news().at(-1), "notice say");
  await world.end(ada, bob, cleo);
});
