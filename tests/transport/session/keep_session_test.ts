import assert from "node:assert/strict";
import { MemoryState } from "../../../lib/transport/session/session_state.ts";
import { newToken } from "../../../lib/transport/token.ts";
import { until } from "../world.ts";
import { settleAll, wordClient, WordServer, WordStore, wordWorld } from "./numbered_world.ts";

/** Words `w1` to `wCOUNT`. */
function words(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, at) => `w${from + at}`);
}

Deno.test("keepSession() sends the rest again after a cut in the middle of unacknowledged entries", async () => {
  const { world, store, clock, network } = wordWorld();
  const server = new WordServer(world, store, 50);
  const client = wordClient(world);
  for (const word of words(1, 3)) client.state.add(word);
  await clock.advance(30);
  for (const word of words(4, 6)) client.state.add(word);
  await clock.advance(30); // 1 to 3 are committed and acknowledged; 4 to 6 are there and are not
  assert.equal(client.state.outbox.acknowledgedSequence, 3);
  network.links.at(-1)?.cut();
  await settleAll();
  for (const word of words(7, 8)) client.state.add(word);
  await clock.advance(10_000);
  assert.deepEqual(client.sent.slice(6), ["7 w7", "8 w8"], "4 to 6 were committed meanwhile");
  assert.deepEqual(store.words.map(({ word }) => word), words(1, 8));
  assert.equal(client.state.outbox.size, 0);
  assert.equal(client.connections.length, 2);
  assert.equal(new Set(store.words.map(({ session }) => session)).size, 1);
  client.abort.abort();
  await clock.runUntil(server.server.close());
});

Deno.test("keepSession() sends unchanged what the server had not committed when it resumed", async () => {
  const { world, store, clock, network } = wordWorld();
  const server = new WordServer(world, store, 1000); // longer than the first wait
  const client = wordClient(world);
  for (const word of words(1, 4)) client.state.add(word);
  await clock.advance(100);
  network.links.at(-1)?.cut();
  await clock.advance(400);
  assert.equal(client.connections.length, 2);
  assert.deepEqual(client.sent.slice(4), ["1 w1", "2 w2", "3 w3", "4 w4"]);
  await clock.advance(3000);
  assert.deepEqual(store.words.map(({ word }) => word), words(1, 4), "each is applied once");
  assert.equal(store.repeats, 4);
  assert.equal(client.state.outbox.size, 0);
  client.abort.abort();
  await clock.runUntil(server.server.close());
});

Deno.test("keepSession() goes on with a server that was killed and had committed a part", async () => {
  const { world, store, clock, network } = wordWorld();
  const first = new WordServer(world, store, 50);
  const client = wordClient(world);
  for (const word of words(1, 3)) client.state.add(word);
  await clock.advance(30);
  for (const word of words(4, 6)) client.state.add(word);
  await clock.advance(10);
  await clock.advance(12); // the commit of 1 to 3 is through
  await clock.runUntil(first.kill(network.links));
  assert.deepEqual(store.words.map(({ word }) => word), words(1, 3));
  client.state.add("w7");
  await clock.advance(5000);
  const second = new WordServer(world, store, 50);
  await clock.advance(20_000);
  assert.deepEqual(store.words.map(({ word }) => word), words(1, 7));
  assert.deepEqual(client.sent.slice(6), ["4 w4", "5 w5", "6 w6", "7 w7"]);
  assert.equal(client.losses.length, 0);
  assert(client.waits.includes("unreachable"));
  client.abort.abort();
  await clock.runUntil(second.server.close());
});

for (const carry of ["renumber", "discard"] as const) {
  Deno.test(`keepSession() opens a new session when the server has lost its store: ${carry}`, async () => {
    const { world, store, clock, network } = wordWorld();
    const first = new WordServer(world, store, 50);
    const losses: string[] = [];
    const onLoss = (why: string) => {
      losses.push(why);
      return carry;
    };
    const client = wordClient(world, { more: { onLoss } });
    for (const word of words(1, 3)) client.state.add(word);
    await clock.advance(60);
    for (const word of words(4, 5)) client.state.add(word);
    await clock.advance(10);
    await clock.runUntil(first.kill(network.links));
    const empty = new WordStore();
    const second = new WordServer(world, empty, 50);
    await clock.advance(10_000);
    client.state.add("w6");
    await clock.advance(1000);
    assert.deepEqual(losses, ["bad-session"]);
    const expected = carry === "renumber" ? ["1 w4", "2 w5", "3 w6"] : ["1 w6"];
    assert.deepEqual(empty.words.map(({ sequence, word }) => `${sequence} ${word}`), expected);
    assert.equal(client.state.outbox.dropped, carry === "renumber" ? 0 : 2);
    assert.equal(client.state.session?.id, empty.words[0]?.session);
    client.abort.abort();
    await clock.runUntil(second.server.close());
  });
}

Deno.test("keepSession() begins anew each time with a server that keeps no sessions", async () => {
  const { world, store, clock, network } = wordWorld();
  const token = newToken();
  const options = { sessions: undefined, tokens: [token] };
  const server = new WordServer(world, store, 1_000_000, options);
  const { host, port } = server.server.address;
  const dial = { host, port, clientId: "ada", token, network, budget: world.budget };
  const client = wordClient(world, { more: { dial } });
  client.state.add("w1");
  await clock.advance(100);
  network.links.at(-1)?.cut();
  await clock.advance(1000);
  assert.deepEqual(client.losses, ["not-resumed"]);
  assert.deepEqual(client.sent, ["1 w1", "1 w1"]);
  client.abort.abort();
  await clock.runUntil(server.server.close());
});

Deno.test("keepSession() uses no session whose server has more than it ever sent", async () => {
  const { world, store, clock } = wordWorld();
  const server = new WordServer(world, store, 50);
  const client = wordClient(world);
  for (const word of words(1, 5)) client.state.add(word);
  await clock.advance(200);
  const { session } = client.state;
  client.abort.abort();
  await clock.advance(10);
  // An old copy of its state: two entries were sent and acknowledged, the rest is other now.
  const old = new MemoryState<string>();
  await old.begin(session, "renumber");
  for (const word of ["w1", "w2"]) old.add(word);
  old.outbox.advance(2);
  old.acknowledged(2);
  for (const word of ["x3", "x4"]) old.add(word);
  const again = wordClient(world, { state: old });
  await clock.advance(1000);
  assert.deepEqual(again.losses, ["behind"]);
  assert.deepEqual(again.sent, ["1 x3", "2 x4"]);
  assert.deepEqual(store.words.map(({ word }) => word), [...words(1, 5), "x3", "x4"]);
  again.abort.abort();
  await clock.runUntil(server.server.close());
});

Deno.test("keepSession() sends nothing before its state has kept the session", async () => {
  const { world, store, clock } = wordWorld();
  const server = new WordServer(world, store, 50);
  const kept = Promise.withResolvers<void>();
  const state = new MemoryState<string>();
  const begin = state.begin.bind(state);
  state.begin = (session, entries) => kept.promise.then(() => begin(session, entries));
  const client = wordClient(world, { state });
  state.add("w1");
  await clock.advance(1000);
  assert.equal(server.server.connections.size, 1);
  assert.deepEqual(client.sent, []);
  kept.resolve();
  await clock.advance(100);
  assert.deepEqual(store.words.map(({ word }) => word), ["w1"]);
  client.abort.abort();
  await clock.runUntil(server.server.close());
});

Deno.test("keepSession() waits while the lane is full, and while send() wants a pause", async () => {
  const { world, store, clock, network } = wordWorld();
  const server = new WordServer(world, store, 1);
  let isPaused = true;
  const client = wordClient(world);
  await clock.advance(10);
  network.links.at(-1)?.there.stall();
  const large = "x".repeat(100_000);
  for (let count = 0; count < 40; count++) client.state.add(large);
  await settleAll();
  const sentWhileStalled = client.sent.length;
  assert(sentWhileStalled > 5 && sentWhileStalled < 40, `${sentWhileStalled} were sent`);
  network.links.at(-1)?.resume();
  await until(() => client.state.outbox.unsent === 0, "the rest to be sent");
  await settleAll();
  await clock.advance(1000);
  assert.equal(store.words.length, 40);
  client.abort.abort();

  const state = new MemoryState<string>();
  const sent: number[] = [];
  const paused = wordClient(world, {
    state,
    more: {
      send: (_connection, outbox) => {
        if (isPaused) return "pause";
        sent.push(outbox.peekSequence() ?? 0);
        outbox.advance();
        return "sent";
      },
    },
  });
  state.add("w1");
  await clock.advance(100);
  assert.deepEqual(sent, []);
  isPaused = false;
  paused.kept.wake();
  await settleAll();
  assert.deepEqual(sent, [1]);
  paused.abort.abort();
  await clock.runUntil(server.server.close());
});
