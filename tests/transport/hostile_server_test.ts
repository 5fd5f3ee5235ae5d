/** A server among callbacks that fail and strangers who want to keep others out. */
import assert from "node:assert/strict";
import type { Connection } from "../../lib/transport/connection.ts";
import { dial } from "../../lib/transport/dial.ts";
import { encodeFrame, Kind } from "../../lib/transport/frame.ts";
import { REST_SLAB_BYTES } from "../../lib/transport/frame_decoder.ts";
import { encodeHello } from "../../lib/transport/handshake_messages.ts";
import { LineError } from "../../lib/transport/line_error.ts";
import { listen, type ListenOptions, type Server } from "../../lib/transport/listen.ts";
import type { Network } from "../../lib/transport/network.ts";
import type { Handlers } from "../../lib/transport/routes.ts";
import { memoryWorld, rawStream, testService, until, type World } from "./world.ts";

const { note } = testService.kinds;

type TestKinds = typeof testService.kinds;
type TestConnection = Connection<TestKinds>;

/** A server, and what clients do with it. */
interface Scene {
  readonly world: World;
  readonly server: Server<TestKinds>;
  /** Connects a client. */
  readonly join: (clientId: string) => Promise<TestConnection>;
}

/** Serves with `options`; handlers come from `handlersFor`. */
function scene(
  options: Partial<ListenOptions>,
  handlersFor: (connection: TestConnection) => Handlers<TestKinds> = () => ({ note() {} }),
): Scene {
  const world = memoryWorld();
  const { network, clock, budget } = world;
  const environment = { network, clock, budget };
  const server = listen(testService, { ...environment, ...options }, handlersFor);
  const join = (clientId: string) =>
    dial(testService, { ...server.address, clientId, ...environment }, () => ({}));
  return { world, server, join };
}

/** A client comes in, is heard, and leaves in good order. */
async function assertServes({ server, join }: Scene, clientId = "good"): Promise<void> {
  const client = await join(clientId);
  assert(client.send(note, "hello"));
  const report = await client.close();
  assert.deepEqual([report.code, report.confirmed, report.unconfirmedBytes], ["done", true, 0]);
  await until(() => server.connections.size === 0, "the server to see that it left");
}

/** Stops the server; nothing must be left of it. */
async function assertLeavesNothing({ world, server }: Scene): Promise<void> {
  await world.clock.runUntil(server.close());
  assert.equal(server.connections.size, 0, "a connection is still listed");
  assert.equal(world.budget.usedBytes, 0, "memory was not given back");
  assert.equal(world.clock.pendingTimers, 0, "a timer was left");
}

Deno.test("listen() serves on when onEvent throws at every event", async () => {
  const met: string[] = [];
  const served = scene({
    maxClients: 1,
    onEvent({ type }) {
      met.push(type);
      throw new Error("the log is full");
    },
  });
  await assertServes(served);
  const stranger = await rawStream(served.world, served.server.address);
  await stranger.send(Kind.Ping, "no handshake");
  assert.equal(await stranger.errorCode(), "unexpected-kind");
  stranger.close();
  await assertServes(served);
  await assertLeavesNothing(served);
  assert.deepEqual(met, ["joined", "left", "refused", "joined", "left"]);
});

Deno.test("listen() ends with internal the one connection that handlersFor throws for", async () => {
  const defect = new TypeError("a defect");
  const served = scene({ maxClients: 2 }, ({ terms }) => {
    if (terms.clientId === "bad") throw defect;
    return { note() {} };
  });
  const other = await served.join("other");
  for (let i = 0; i < 3; i++) {
    const bad = await served.join("bad");
    const report = await bad.closed;
    assert.deepEqual([report.code, report.by], ["internal", "peer"]);
    await until(() => served.server.connections.size === 1);
  }
  assert(other.isOpen);
  await other.close();
  await assertServes(served);
  await assertLeavesNothing(served);
});

Deno.test("listen() ends with internal a connection whose handlersFor gives nothing", async () => {
  const served = scene(
    {},
    ({ terms }) => terms.clientId === "bad" ? undefined as never : { note() {} },
  );
  const report = await (await served.join("bad")).closed;
  assert.deepEqual([report.code, report.by], ["internal", "peer"]);
  await assertServes(served);
  await assertLeavesNothing(served);
});

Deno.test("listen() refuses with internal the one client that admit throws for", async () => {
  const served = scene({
    maxClients: 1,
    admit({ clientId }) {
      if (clientId === "bad") throw new TypeError("a defect");
    },
  });
  for (let i = 0; i < 3; i++) {
    await assert.rejects(served.join("bad"), { code: "internal", origin: "peer" });
  }
  await assertServes(served);
  await assertLeavesNothing(served);
});

Deno.test("listen() refuses with its own code a client that admit throws a LineError for", async () => {
  const served = scene({
    admit() {
      throw new LineError("chat.banned", "not you");
    },
  });
  await assert.rejects(served.join("ada"), { code: "chat.banned", origin: "peer" });
  await assertLeavesNothing(served);
});

for (const handshakeTimeoutMs of [500, 5000]) {
  const when = `whose handshake timer is due after ${handshakeTimeoutMs} ms`;

  Deno.test(`listen() outlives a refused client that lingers and ${when}`, async () => {
    const served = scene({ maxConnections: 0, handshakeTimeoutMs });
    const { world, server } = served;
    const stranger = await rawStream(world, server.address);
    await world.clock.advance(5000);
    assert.equal(await stranger.errorCode(), "full");
    await assert.rejects(served.join("ada"), { code: "full", origin: "peer" });
    stranger.close();
    await assertLeavesNothing(served);
  });
}

Deno.test("listen() lets in a client when silent strangers hold all connections", async () => {
  const served = scene({ maxClients: 1, maxConnections: 3 });
  const { world, server, join } = served;
  const strangers = [];
  for (let i = 0; i < 3; i++) strangers.push(await rawStream(world, server.address));
  const client = await join("ada");
  for (let i = 0; i < 3; i++) strangers.push(await rawStream(world, server.address));
  await world.clock.advance(1000);
  assert(client.isOpen, "strangers have driven out a client");
  await client.close();
  for (const stranger of strangers) stranger.close();
  await assertLeavesNothing(served);
});

Deno.test("listen() hangs up on the oldest of more strangers than there may be", async () => {
  const served = scene({ maxClients: 1, maxConnections: 3 });
  const { world, server } = served;
  const strangers = [];
  for (let i = 0; i < 4; i++) strangers.push(await rawStream(world, server.address));
  const hasEnded = strangers.map(() => false);
  strangers.forEach(async (stranger, i) => {
    await stranger.next().catch(() => {});
    hasEnded[i] = true;
  });
  await world.clock.advance(1);
  assert.deepEqual(hasEnded, [true, false, false, false]);
  for (const stranger of strangers) stranger.close();
  await assertLeavesNothing(served);
});

/** A network whose clients come from `hosts`, one after the other. */
function fromHosts(network: Network, hosts: readonly string[]): Network {
  let arrived = 0;
  return {
    isEncrypted: false,
    connect: (address, signal) => network.connect(address, signal),
    listen(address) {
      const listener = network.listen(address);
      return {
        ...listener,
        async accept() {
          const stream = await listener.accept();
          const host = hosts[arrived++ % hosts.length] as string;
          return stream && { ...stream, peer: { ...stream.peer, host } };
        },
      };
    },
  };
}

Deno.test("listen() makes no room for an address that has all the connections it may have", async () => {
  const world = memoryWorld();
  const { network, clock, budget } = world;
  const server = listen(testService, {
    network: fromHosts(network, ["192.0.2.1", "192.0.2.2", "192.0.2.2"]),
    clock,
    budget,
    maxConnections: 2,
    maxConnectionsPerAddress: 1,
  }, () => ({}));
  const first = await rawStream(world, server.address);
  let isFirstGone = false;
  const waiting = first.next().catch(() => {}).then(() => isFirstGone = true);
  const others = [await rawStream(world, server.address), await rawStream(world, server.address)];
  assert.equal(await others[1]?.errorCode(), "full");
  await clock.advance(1);
  assert.equal(isFirstGone, false, "another address was thrown out");
  for (const stranger of [first, ...others]) stranger.close();
  await waiting;
  await clock.runUntil(server.close());
  assert.equal(budget.usedBytes, 0);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("listen() hangs up on no client to make room for another", async () => {
  const served = scene({ maxConnections: 1 });
  const client = await served.join("ada");
  await assert.rejects(served.join("bob"), { code: "full", origin: "peer" });
  assert(client.send(note, "still here"));
  assert.equal((await client.close()).confirmed, true);
  await assertLeavesNothing(served);
});

/** A HELLO of the greatest length, filled up with blanks. */
function longHello(): Uint8Array {
  const nonce = new Uint8Array(32);
  const hello = encodeHello({
    versions: [1],
    service: testService.name,
    clientId: "ada",
    tokenName: "",
    nonce,
  });
  const text = new TextDecoder().decode(hello.subarray(5));
  return encodeFrame(Kind.Hello, new TextEncoder().encode(text.padEnd(4095)));
}

Deno.test("listen() gives back the memory of a handshake that came to nothing", async () => {
  const served = scene({});
  const { world, server } = served;
  const { length } = longHello();
  const flood = new Uint8Array(REST_SLAB_BYTES); // a read that fills the slab asks for a larger one
  flood.set(longHello());
  flood.set(
    encodeFrame(Kind.Proof, new Uint8Array(4095)).subarray(0, flood.length - length),
    length,
  );
  for (let i = 0; i < 5; i++) {
    const stranger = await rawStream(world, server.address);
    await stranger.write(flood);
    assert.equal((await stranger.next())?.kind, Kind.Challenge);
    stranger.close();
  }
  await until(() => world.budget.usedBytes === 0, "the memory");
  await assertLeavesNothing(served);
});
