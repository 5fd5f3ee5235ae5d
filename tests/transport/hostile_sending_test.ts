/** Senders whose stream fails, whose peer is gone, or whose memory is used up by others. */
import assert from "node:assert/strict";
import { FrameBatch } from "../../lib/transport/frame_batch.ts";
import { LINGER_MS } from "../../lib/transport/linger.ts";
import type { ByteStream, Network } from "../../lib/transport/network.ts";
import { defineService, raw } from "../../lib/transport/service.ts";
import {
  connectPair,
  fillUp,
  memoryWorld,
  type Pair,
  serveRaw,
  testService,
  until,
  type World,
} from "./world.ts";

const { data, bulk, note } = testService.kinds;

/** A network on which one write fails, the next one after `failNext()`, and only that one. */
function failingNetwork(network: Network): { network: Network; failNext: () => void } {
  let fails = false;
  const failing = (stream: ByteStream): ByteStream => ({
    peer: stream.peer,
    read: (into) => stream.read(into),
    write(bytes) {
      if (!fails) return stream.write(bytes);
      fails = false;
      return Promise.reject(new Error("no route to host"));
    },
    closeWrite: () => stream.closeWrite(),
    close: () => stream.close(),
  });
  return {
    failNext: () => fails = true,
    network: {
      isEncrypted: false,
      listen: (address) => network.listen(address),
      connect: async (address, signal) => failing(await network.connect(address, signal)),
    },
  };
}

/** A client whose next write fails, and what happens when it does. */
async function failingPair(): Promise<{
  world: World;
  pair: Pair<typeof testService.kinds>;
  failNext: () => void;
}> {
  const world = memoryWorld();
  const { network, failNext } = failingNetwork(world.network);
  const pair = await connectPair(world, testService, { server: { data() {}, note() {} } }, {
    dial: { network },
  });
  return { world, pair, failNext };
}

Deno.test("Connection accepts nothing more once a write has failed", async () => {
  const { world, pair: { client, server }, failNext } = await failingPair();
  failNext();
  assert(client.send(note, "lost"));
  await until(() => !client.isOpen);
  assert.equal(client.send(note, "late"), false);
  assert.equal(client.send(bulk, new Uint8Array(4)), false);
  assert.equal(client.reserve(data, 4), undefined);
  assert.equal(client.sendInPlace(data, new Uint8Array(100_000)), undefined);
  assert.equal(client.sendInPlace(data, new Uint8Array(4)), undefined);
  assert.equal(client.sendBatch(new FrameBatch().add(note, "late")), false);
  await world.clock.advance(LINGER_MS);
  assert.equal((await client.closed).unconfirmedBytes, "lost".length + 5);
  await server.close();
  assert.equal(world.budget.usedBytes, 0);
});

Deno.test("writable() resolves with false when a write fails", async () => {
  const { world, pair: { client, server }, failNext } = await failingPair();
  failNext();
  while (client.send(data, new Uint8Array(100_000)));
  while (client.send(bulk, new Uint8Array(60_000)));
  const waiting = [client.writable(), client.writable("bulk")];
  await until(() => !client.isOpen);
  assert.deepEqual(await Promise.all([...waiting, client.writable()]), [false, false, false]);
  await world.clock.advance(LINGER_MS);
  await client.closed;
  await server.close();
});

Deno.test("sendInPlace() gives its payload free, and the line its memory, after a failed write", async () => {
  const { world, pair: { client, server }, failNext } = await failingPair();
  failNext();
  const payloads = [client.sendInPlace(data, new Uint8Array(100_000))];
  client.send(data, new Uint8Array(50_000));
  payloads.push(client.sendInPlace(data, new Uint8Array(100_000)));
  client.send(bulk, new Uint8Array(50_000));
  const free = Promise.all(payloads);
  assert(payloads.every((payload) => payload !== undefined));
  await until(() => !client.isOpen);
  await world.clock.advance(LINGER_MS);
  await world.clock.runUntil(free);
  const report = await client.closed;
  assert.equal(report.by, "network");
  assert.equal(report.unconfirmedBytes, 300_000 + 4 * 5);
  await server.close();
  assert.equal(world.budget.usedBytes, 0);
  assert.equal(world.clock.pendingTimers, 0);
});

Deno.test("closed leaves no timer when the last write fails because the peer has hung up", async () => {
  const world = memoryWorld();
  const { server, peer, served } = await serveRaw(world, testService, {});
  peer.close();
  const { by } = await served.close();
  assert.equal(by, "network");
  await until(() => server.connections.size === 0);
  assert.equal(world.clock.pendingTimers, 0);
  await server.close();
});

/** A network on which a write, once `hold()` was called, takes until the stream is closed. */
function holdingNetwork(network: Network): { network: Network; hold: () => void } {
  let holds = false;
  const held = (stream: ByteStream): ByteStream => {
    let finish = () => {};
    return {
      peer: stream.peer,
      read: (into) => stream.read(into),
      write(bytes) {
        if (!holds) return stream.write(bytes);
        return new Promise((resolve) => finish = () => resolve(bytes.length));
      },
      closeWrite: () => stream.closeWrite(),
      close() {
        finish();
        stream.close();
      },
    };
  };
  return {
    hold: () => holds = true,
    network: {
      isEncrypted: false,
      listen: (address) => network.listen(address),
      connect: async (address, signal) => held(await network.connect(address, signal)),
    },
  };
}

Deno.test("closed leaves no timer when the goodbye is written just as the line is lost", async () => {
  const world = memoryWorld();
  const { network, hold } = holdingNetwork(world.network);
  const { client, served, server } = await connectPair(world, testService, {}, {
    dial: { network },
  });
  hold();
  const closed = client.close();
  await until(() => !client.isOpen);
  world.network.links[0]?.back.end();
  const { by, confirmed } = await closed;
  assert.deepEqual([by, confirmed], ["network", false]);
  await served.closed;
  assert.equal(world.clock.pendingTimers, 0);
  await server.close();
});

/** A service that cuts whoever does not take what is sent. */
const strict = defineService({
  name: "strict",
  kinds: { data: raw(0x20), bulk: raw(0x21, { lane: "bulk" }) },
  maxFrameBytes: 60_000,
  lanes: {
    normal: { maxBytes: 100_000, whenFull: "cut" },
    bulk: { maxBytes: 100_000, whenFull: "cut" },
  },
});

for (const lane of ["normal", "bulk"] as const) {
  const kind = lane === "normal" ? strict.kinds.data : strict.kinds.bulk;

  Deno.test(`send() on a ${lane} lane that cuts waits out a budget that others have used up`, async () => {
    const world = memoryWorld();
    const got: number[] = [];
    const { server, client } = await connectPair(world, strict, {
      server: { data: (view) => got.push(view.length), bulk: (view) => got.push(view.length) },
    });
    const { budget } = world;
    const others = budget.take(budget.limitBytes - budget.usedBytes);
    assert(others !== undefined);
    const payload = new Uint8Array(10_000);
    for (let i = 0; i < 3; i++) assert.equal(client.send(kind, payload), false);
    assert(client.isOpen, "cut for what others did");
    const writable = client.writable(lane);
    budget.give(others);
    assert.equal(await writable, true);
    assert(client.send(kind, payload));
    assert.equal((await client.close()).confirmed, true);
    assert.deepEqual(got, [payload.length]);
    await server.close();
    assert.equal(budget.usedBytes, 0);
  });
}

Deno.test("send() on a lane that cuts still cuts a slow reader after memory was short", async () => {
  const world = memoryWorld();
  const { server, peer, served } = await serveRaw(world, strict, {});
  const { budget } = world;
  const others = budget.take(budget.limitBytes - budget.usedBytes);
  assert(others !== undefined);
  assert.equal(served.send(strict.kinds.data, new Uint8Array(10_000)), false);
  budget.give(others);
  await fillUp(() => served.send(strict.kinds.data, new Uint8Array(50_000)));
  assert.equal(served.isOpen, false);
  await world.clock.advance(LINGER_MS);
  assert.equal((await served.closed).code, "slow-reader");
  peer.close();
  await server.close();
  assert.equal(budget.usedBytes, 0);
});
