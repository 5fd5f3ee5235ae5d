/** Clients that are told to stop at a bad moment, or whose server throws them out again and again. */
import assert from "node:assert/strict";
import type { CloseReport } from "../../lib/transport/close_report.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import { dial } from "../../lib/transport/dial.ts";
import { listen, type Server } from "../../lib/transport/listen.ts";
import type { ByteStream, Network } from "../../lib/transport/network.ts";
import { keepConnected } from "../../lib/transport/reconnect.ts";
import { memoryWorld, testService, until, type World } from "./world.ts";

type TestKinds = typeof testService.kinds;

const address = { host: "127.0.0.1", port: 4000 };

/** A listener that takes one connection and never says a word. */
function silentServer({ network }: World): { accepted: Promise<ByteStream>; close: () => void } {
  const listener = network.listen(address);
  const accepted = listener.accept().then((stream) => {
    assert(stream !== undefined);
    return stream;
  });
  return { accepted, close: () => listener.close() };
}

/** Whether the other end of `stream` hangs up, whatever it has said before. */
async function hangsUp(stream: ByteStream): Promise<boolean> {
  const scrap = new Uint8Array(4096);
  while (await stream.read(scrap) !== null);
  return true;
}

/** A network whose `connect` calls `then` before anybody else learns that it succeeded. */
function interrupted(network: Network, then: () => void): Network {
  return {
    isEncrypted: false,
    listen: (address) => network.listen(address),
    async connect(address, signal) {
      const stream = await network.connect(address, signal);
      then();
      return stream;
    },
  };
}

const REASON = new Error("changed my mind");

const MOMENTS: readonly {
  readonly what: string;
  readonly dial: (world: World, abort: AbortController) => Promise<unknown>;
}[] = [
  {
    what: "before it begins",
    dial(world, abort) {
      abort.abort(REASON);
      return dialWith(world, world.network, abort.signal);
    },
  },
  {
    what: "right after the connection is there",
    dial: (world, abort) =>
      dialWith(world, interrupted(world.network, () => abort.abort(REASON)), abort.signal),
  },
  {
    what: "a turn after the connection is there",
    dial(world, abort) {
      const network = interrupted(world.network, () => {
        queueMicrotask(() => abort.abort(REASON));
      });
      return dialWith(world, network, abort.signal);
    },
  },
  {
    what: "while the server is silent",
    dial(world, abort) {
      world.clock.after(3000, () => abort.abort(REASON));
      return dialWith(world, world.network, abort.signal);
    },
  },
];

function dialWith(world: World, network: Network, signal: AbortSignal): Promise<unknown> {
  const { clock, budget } = world;
  const options = { ...address, clientId: "ada", network, clock, budget, signal };
  return dial(testService, options, () => ({}));
}

for (const moment of MOMENTS) {
  Deno.test(`dial() ends with the reason of its signal that aborts ${moment.what}`, async () => {
    const world = memoryWorld();
    const { clock, budget } = world;
    const server = silentServer(world);
    const isReached = moment.what !== "before it begins";
    const abort = new AbortController();
    const dialling = clock.runUntil(moment.dial(world, abort));
    await assert.rejects(dialling, (error) => error === REASON);
    if (isReached) assert(await hangsUp(await server.accepted));
    else server.accepted.catch(() => {});
    assert(clock.monotonicNs() <= 3000e6, "it has waited for its time limit");
    server.close();
    assert.equal(clock.pendingTimers, 0);
    assert.equal(budget.usedBytes, 0);
  });
}

/** A client that keeps connected, and what it does. */
interface Kept {
  readonly world: World;
  readonly abort: AbortController;
  readonly result: Promise<CloseReport>;
  readonly connections: Connection<TestKinds>[];
  readonly delays: number[];
}

/** Keeps connected to `address`; calls `dialled` with each connection. */
function keep(world: World, dialled: () => void = () => {}): Kept {
  const { network, clock, budget } = world;
  const abort = new AbortController();
  const connections: Connection<TestKinds>[] = [];
  const delays: number[] = [];
  const result = keepConnected({
    clock,
    random: () => 0.5,
    signal: abort.signal,
    onWait: (delayMs) => delays.push(delayMs),
    dial: async () => {
      const options = { ...address, clientId: "ada", network, clock, budget };
      const connection = await dial(testService, options, () => ({}));
      connections.push(connection);
      dialled();
      return connection;
    },
  });
  result.catch(() => {});
  return { world, abort, result, connections, delays };
}

function serve(
  { network, clock, budget }: World,
  onConnection: (connection: Connection<TestKinds>) => void,
): Server<TestKinds> {
  return listen(testService, { ...address, network, clock, budget }, (connection) => {
    onConnection(connection);
    return {};
  });
}

async function assertEndedWithReason(kept: Kept, server: Server<TestKinds>): Promise<void> {
  const { world, result, connections } = kept;
  await assert.rejects(world.clock.runUntil(result), (error) => error === REASON);
  assert(connections.every(({ isOpen }) => !isOpen), "a connection was left open");
  await until(() => server.connections.size === 0, "the server to see that it left");
  await world.clock.runUntil(server.close());
  assert.equal(world.clock.pendingTimers, 0);
  assert.equal(world.budget.usedBytes, 0);
}

Deno.test("keepConnected() says goodbye on its connection when its signal aborts", async () => {
  const world = memoryWorld();
  let served: Connection<TestKinds> | undefined;
  const server = serve(world, (connection) => served = connection);
  const kept = keep(world);
  await until(() => served !== undefined && kept.connections.length === 1);
  await world.clock.advance(60_000);
  assert(kept.connections[0]?.isOpen);
  kept.abort.abort(REASON);
  await assertEndedWithReason(kept, server);
  assert.equal((await served?.closed)?.code, "done");
  assert.equal((await kept.connections[0]?.closed)?.confirmed, true);
});

Deno.test("keepConnected() closes the connection that it gets after its signal has aborted", async () => {
  const world = memoryWorld();
  const server = serve(world, () => {});
  const kept = keep(world, () => kept.abort.abort(REASON));
  await assertEndedWithReason(kept, server);
  assert.equal(kept.connections.length, 1);
});

Deno.test("keepConnected() slows down when the server ends each connection at once", async () => {
  const world = memoryWorld();
  const server = serve(world, (connection) => connection.abort("internal", "not today"));
  const kept = keep(world);
  await world.clock.advance(60_000);
  assert.deepEqual(kept.delays.slice(0, 7), [156.25, 312.5, 625, 1250, 2500, 5000, 9375]);
  assert(kept.connections.length <= 12, `${kept.connections.length} connections in a minute`);
  kept.abort.abort(REASON);
  await assertEndedWithReason(kept, server);
});

Deno.test("keepConnected() starts anew with short pauses after a connection that lasted", async () => {
  const world = memoryWorld();
  let isPatient = false;
  let newest: Connection<TestKinds> | undefined;
  const server = serve(world, (connection) => {
    newest = connection;
    if (!isPatient) connection.abort("internal", "not today");
  });
  const kept = keep(world);
  await world.clock.advance(4000);
  assert(kept.delays.length >= 4);
  isPatient = true;
  await world.clock.advance(10_000);
  assert(newest?.isOpen);
  kept.delays.length = 0;
  newest.abort("internal", "enough");
  await until(() => kept.delays.length > 0);
  assert.deepEqual(kept.delays, [156.25]);
  kept.abort.abort(REASON);
  await assertEndedWithReason(kept, server);
});
