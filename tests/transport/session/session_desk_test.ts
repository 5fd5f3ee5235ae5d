import assert from "node:assert/strict";
import { dialSession } from "../../../lib/transport/dial.ts";
import { LineError } from "../../../lib/transport/line_error.ts";
import { ADDRESS, numbered, settleAll, WordServer, wordWorld } from "./numbered_world.ts";

function scene(commitMs: number) {
  const { world, store, clock, network } = wordWorld();
  const words = new WordServer(world, store, commitMs);
  const join = async (session?: { id: string; cookie: Uint8Array<ArrayBuffer> }) => {
    const how = { ...ADDRESS, clientId: "ada", session, network, clock, budget: world.budget };
    const acks: string[] = [];
    const { connection, cookie } = await dialSession(numbered, how, () => ({
      ack: (sequence) => void acks.push(sequence),
    }));
    await settleAll();
    assert.ok(cookie !== undefined);
    return { connection, acks, session: { id: connection.terms.session, cookie } };
  };
  return { world, store, clock, network, words, join };
}

Deno.test("SessionDesk.seat() refuses the older connection with taken-over", async () => {
  const { words, clock, join } = scene(50);
  const first = await join();
  const second = await join(first.session);
  const report = await clock.runUntil(first.connection.closed);
  assert.deepEqual([report.code, report.by], ["taken-over", "peer"]);
  assert.equal(second.connection.isOpen, true);
  assert.deepEqual(words.seats.map(({ isCurrent }) => isCurrent), [false, true]);
  assert.equal(words.desk.holder(first.session.id), words.seats[1]);
  assert.deepEqual(words.vacant, []);
  await clock.runUntil(words.server.close());
  assert.deepEqual(words.vacant, [first.session.id]);
  assert.equal(words.desk.size, 0);
});

Deno.test("SessionDesk leaves a session alone that another one holds", async () => {
  const { words, clock, join } = scene(50);
  const first = await join();
  const other = await join();
  await clock.advance(100);
  assert.equal(first.connection.isOpen, true);
  await clock.runUntil(other.connection.close());
  await settleAll();
  assert.deepEqual(words.vacant, [other.session.id]);
  await clock.runUntil(words.server.close());
});

Deno.test("SessionDesk lets no frame of the older connection through once it is taken over", async () => {
  const { words, store, clock, network, join } = scene(10);
  const first = await join();
  network.links[0]?.there.stall();
  first.connection.send(numbered.kinds.item, "1 old");
  await settleAll();
  const second = await join(first.session);
  network.links[0]?.resume();
  await clock.advance(100);
  assert.deepEqual(store.words, []);
  second.connection.send(numbered.kinds.item, "1 new");
  await clock.advance(100);
  assert.deepEqual(store.words.map(({ word }) => word), ["new"]);
  await clock.runUntil(words.server.close());
});

Deno.test("SessionDesk: a commit of the older connection neither answers the newer one nor leaves it", async () => {
  const { words, store, clock, join } = scene(500);
  const first = await join();
  first.connection.send(numbered.kinds.item, "1 w1");
  await settleAll();
  const second = await join(first.session);
  second.connection.send(numbered.kinds.item, "1 w1");
  let isBefore = true;
  words.seats[1]?.before.then(() => isBefore = false);
  await clock.advance(400);
  assert.equal(isBefore, true);
  await clock.advance(2000);
  assert.equal(isBefore, false);
  assert.deepEqual(store.words.map(({ word }) => word), ["w1"]);
  assert.equal(store.repeats, 1);
  assert.deepEqual([first.acks, second.acks], [[], ["1"]]);
  assert.deepEqual(words.vacant, [], "the older one's end is not the session's");
  assert.equal(words.desk.holder(first.session.id)?.connection.isOpen, true);
  await clock.runUntil(words.server.close());
});

Deno.test("Seat.before waits for all that sat there earlier, not for the last one only", async () => {
  const { words, clock, join } = scene(500);
  const first = await join();
  first.connection.send(numbered.kinds.item, "1 w1");
  await settleAll();
  await join(first.session);
  await join(first.session);
  let isBefore = true;
  words.seats[2]?.before.then(() => isBefore = false);
  await clock.advance(400);
  assert.equal(isBefore, true);
  await clock.advance(200);
  assert.equal(isBefore, false);
  await clock.runUntil(words.server.close());
});

Deno.test("SessionDesk: a session is not vacant while work for it goes on", async () => {
  const { words, clock, network, join } = scene(500);
  const first = await join();
  first.connection.send(numbered.kinds.item, "1 w1");
  await settleAll();
  network.links[0]?.cut();
  await clock.advance(100);
  assert.deepEqual([words.vacant, words.desk.size], [[], 1]);
  await clock.advance(1000);
  assert.deepEqual([words.vacant, words.desk.size], [[first.session.id], 0]);
  await clock.runUntil(words.server.close());
});

Deno.test("a stolen session id is of no use without its cookie, and harms nobody", async () => {
  const { words, clock, join } = scene(10);
  const first = await join();
  const wrong = { id: first.session.id, cookie: new Uint8Array(32) };
  const isBad = (error: unknown) => error instanceof LineError && error.code === "bad-session";
  await assert.rejects(join(wrong), isBad);
  await clock.advance(100);
  assert.equal(first.connection.isOpen, true);
  assert.equal(words.seats.length, 1);
  await clock.runUntil(words.server.close());
});
