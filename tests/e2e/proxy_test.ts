/** The fault proxy on real sockets, with the machine's clock. `tests/proxy` has the exact cases. */
import assert from "node:assert/strict";
import { systemClock } from "../../lib/clock/system_clock.ts";
import { settle } from "../../lib/clock/fake_clock.ts";
import type { ByteStream } from "../../lib/transport/network.ts";
import { tcpNetwork } from "../../lib/transport/tcp_network.ts";
import { writeAll } from "../../lib/transport/write_all.ts";
import { cut, delayBy, drop, duplicate, swapWithNext } from "../proxy/actions.ts";
import { FaultProxy, type FaultProxyOptions } from "../proxy/fault_proxy.ts";
import { Collector, numbered } from "../proxy/raw_line.ts";
import { at, chance, every, firstOf } from "../proxy/scripts.ts";
import { REPLY, REQUEST, sequences, type TimerLine, timerLine } from "../proxy/timer_line.ts";

/** Many times what a test needs, in milliseconds. */
const DEADLINE_MS = 20_000;

const world = { network: tcpNetwork, clock: systemClock };

/** Lets the event loop turn until `holds`. */
async function until(holds: () => boolean, what: string): Promise<void> {
  const endNs = systemClock.monotonicNs() + DEADLINE_MS * 1e6;
  while (!holds()) {
    assert(systemClock.monotonicNs() < endNs, `waited in vain for ${what}`);
    await settle();
  }
}

function sendMany(line: TimerLine, count: number): number[] {
  const all = Array.from({ length: count }, (_, i) => i);
  all.forEach(line.request);
  return all;
}

Deno.test("FaultProxy drops, repeats and swaps over TCP as scripted", async () => {
  const rules = {
    there: { [REQUEST]: every(50, drop) },
    back: { [REPLY]: firstOf(at([3, 7, 8], drop), at([20], duplicate(2)), at([30], swapWithNext)) },
  };
  await using line = await timerLine(world, { rules });
  const requests = sendMany(line, 1000).filter((n) => n % 50 !== 49);
  const replies = requests.flatMap((n, i) =>
    [3, 7, 8].includes(i) ? [] : i === 20 ? [n, n, n] : [n]
  );
  const at30 = replies.indexOf(30);
  [replies[at30], replies[at30 + 1]] = [31, 30];
  await until(() => line.replies.length >= replies.length, "the replies");
  await line.client.ping();
  assert.deepEqual(sequences(line.requests), requests);
  assert.deepEqual(sequences(line.replies), replies);
});

Deno.test("FaultProxy lets others overtake a late frame over TCP", async () => {
  await using line = await timerLine(world, { rules: { back: { [REPLY]: at([2], delayBy(60)) } } });
  sendMany(line, 10);
  await until(() => line.replies.length === 10, "the replies");
  assert.deepEqual(sequences(line.replies), [0, 1, 3, 4, 5, 6, 7, 8, 9, 2]);
  const [first, late] = [line.replies[0], line.replies[9]];
  assert(first !== undefined && late !== undefined && late.atMs - first.atMs >= 50);
});

Deno.test("stall() holds a client over TCP until resume(), and nothing is lost", async () => {
  await using line = await timerLine(world);
  await line.client.ping();
  line.proxy.stall({ direction: "back" });
  const all = sendMany(line, 500);
  await until(() => line.requests.length === 500, "the requests");
  const { counters: { back } } = line.proxy;
  await until(() => back.framesIn - back.framesOut >= 500, "the proxy to have read the replies");
  assert.equal(line.replies.length, 0);
  line.proxy.resume();
  await until(() => line.replies.length === 500, "the replies");
  assert.deepEqual(sequences(line.replies), all);
});

Deno.test("chance() takes away over TCP what it takes away in memory", async () => {
  const script = chance(7, 0.2, drop);
  await using line = await timerLine(world, { rules: { back: { [REPLY]: script } } });
  const payload = new Uint8Array();
  const facts = { connection: 0, direction: "back", kind: REPLY, readNs: 0, payload } as const;
  const expected = sendMany(line, 400).filter((index) => !script({ ...facts, index }));
  await until(() => line.proxy.counters.back.dropped === 400 - expected.length, "the drops");
  await until(() => line.replies.length === expected.length, "the replies");
  assert.deepEqual(sequences(line.replies), expected);
});

Deno.test("cut() ends both sides over TCP", async () => {
  await using line = await timerLine(world, { rules: { there: { [REQUEST]: at([5], cut()) } } });
  sendMany(line, 10);
  const { code } = await line.client.closed;
  assert.equal(code, "lost");
  await until(() => line.proxy.open === 0, "the proxy to let go");
  assert.equal(line.proxy.counters.there.cuts, 1);
  await until(() => line.requests.length === 5, "the requests");
  assert.deepEqual(sequences(line.requests), [0, 1, 2, 3, 4]);
});

/** Two plain TCP streams with a proxy between them. */
async function tcpLine(options: Partial<FaultProxyOptions> = {}): Promise<{
  proxy: FaultProxy;
  client: ByteStream;
  server: ByteStream;
}> {
  const listener = tcpNetwork.listen({ host: "127.0.0.1", port: 0 });
  const proxy = new FaultProxy({ ...world, target: listener.address, ...options });
  const client = await tcpNetwork.connect(proxy.address, new AbortController().signal);
  const server = await listener.accept() as ByteStream;
  listener.close();
  return { proxy, client, server };
}

Deno.test("FaultProxy stays within its bound over TCP, and then passes all of it", async () => {
  const frameBytes = 100_000;
  const frames = 400; // 40 MB: far more than the sockets between take
  const { proxy, client, server } = await tcpLine();
  await using _ = proxy;
  const sending = (async () => {
    for (let i = 0; i < frames; i++) await writeAll(client, numbered(0x20, i, frameBytes));
    await client.closeWrite();
  })();
  const { counters: { there } } = proxy;
  await until(() => there.peakWaitingBytes >= 1024 * 1024, "the proxy to be full");
  for (let turn = 0; turn < 2_000; turn++) await settle();
  assert(there.peakWaitingBytes <= 1024 * 1024 + 2 * frameBytes, `${there.peakWaitingBytes}`);
  assert(there.framesIn < frames);
  const got = new Collector(server, systemClock);
  await sending;
  assert.deepEqual([...await got.ended], []);
  assert.deepEqual(got.numbers, Array.from({ length: frames }, (_, i) => i));
  assert.equal(proxy.open, 1, "the other direction is still there");
  server.close();
  client.close();
  await until(() => proxy.open === 0, "the proxy to let go");
});

// One direction only: where both ends wait for each other, Deno 2.4 never ends their writes.
Deno.test("FaultProxy lets go of everything when it is disposed with writers that wait", async () => {
  const { proxy, client, server } = await tcpLine();
  const sending = (async () => {
    for (let i = 0; i < 400; i++) await writeAll(client, numbered(0x20, i, 100_000));
  })();
  const { there } = proxy.counters;
  await until(() => there.peakWaitingBytes >= 1024 * 1024, "the proxy to be full");
  await Promise.all([proxy[Symbol.asyncDispose](), assert.rejects(sending)]);
  assert.equal(proxy.open, 0);
  assert(there.lost > 0);
  assert.equal(there.framesIn, there.framesOut + there.lost);
  client.close();
  server.close();
  for (let turn = 0; turn < 100; turn++) await settle(); // Deno 2.4 ends a write when its peer is gone
});
