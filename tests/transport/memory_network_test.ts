import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock, settle } from "../../lib/clock/fake_clock.ts";
import { LineError } from "../../lib/transport/line_error.ts";
import { MemoryNetwork, type MemoryNetworkOptions } from "../../lib/transport/memory_network.ts";
import type { ByteStream } from "../../lib/transport/network.ts";

const never = new AbortController().signal;

/** Both ends of a new connection. */
async function ends(options: Omit<MemoryNetworkOptions, "clock"> = {}) {
  const clock = new FakeClock();
  const network = new MemoryNetwork({ clock, ...options });
  const listener = network.listen({ host: "server", port: 7 });
  const client = await network.connect({ host: "server", port: 7 }, never);
  const server = await listener.accept();
  const link = network.links[0];
  assert(server !== undefined && link !== undefined);
  return { clock, network, listener, client, server, link };
}

/** Reads one byte and says when it came, in microseconds of the clock. */
async function arrivalUs(clock: FakeClock, stream: ByteStream): Promise<number> {
  await clock.runUntil(stream.read(new Uint8Array(1)));
  return clock.monotonicNs() / 1000;
}

Deno.test("MemoryNetwork delivers at once when nothing else is asked for", async () => {
  const { clock, client, server } = await ends();
  assert.equal(await client.write(Uint8Array.of(1, 2, 3)), 3);
  const into = new Uint8Array(10);
  assert.equal(await server.read(into), 3);
  assert.deepEqual([...into.subarray(0, 3)], [1, 2, 3]);
  assert.equal(clock.monotonicNs(), 0);
});

Deno.test("MemoryNetwork delays each direction by what was set for it", async () => {
  const { clock, client, server } = await ends({ there: { delayUs: 200 }, back: { delayUs: 400 } });
  await client.write(Uint8Array.of(1));
  assert.equal(await arrivalUs(clock, server), 200);
  await server.write(Uint8Array.of(2));
  assert.equal(await arrivalUs(clock, client), 600);
});

Deno.test("MemoryNetwork delays by at most delay and jitter, and keeps order", async () => {
  const numbers = [0.9, 0.1, 0.5];
  const random = () => numbers.shift() ?? 0;
  const { clock, client, server } = await ends({ there: { delayUs: 100, jitterUs: 100 }, random });
  for (const byte of [1, 2, 3]) await client.write(Uint8Array.of(byte));
  const into = new Uint8Array(3);
  await clock.advance(0.189);
  const early = server.read(into);
  await clock.advance(0.001);
  assert.equal(await early, 3, "the later bytes must not overtake the first");
  assert.deepEqual([...into], [1, 2, 3]);
});

Deno.test("MemoryNetwork lets no more bytes per second through than set", async () => {
  const { clock, client, server } = await ends({ there: { bytesPerSecond: 1000 } });
  await client.write(new Uint8Array(500));
  await client.write(new Uint8Array(500));
  await clock.runUntil(server.read(new Uint8Array(500)));
  assert.equal(clock.monotonicNs(), 0.5e9);
  await clock.runUntil(server.read(new Uint8Array(500)));
  assert.equal(clock.monotonicNs(), 1e9);
});

Deno.test("MemoryPath.write() takes part of the bytes and waits while the window is full", async () => {
  const { client, server } = await ends({ there: { windowBytes: 10, maxWriteBytes: 6 } });
  assert.equal(await client.write(new Uint8Array(20)), 6);
  assert.equal(await client.write(new Uint8Array(20)), 4);
  let taken: number | undefined;
  const third = client.write(new Uint8Array(20)).then((n) => taken = n);
  await settle();
  assert.equal(taken, undefined);
  assert.equal(await server.read(new Uint8Array(3)), 3);
  await third;
  assert.equal(taken, 3);
});

Deno.test("MemoryLink.stall() holds bytes back until resume()", async () => {
  const { client, server, link } = await ends();
  link.stall();
  await client.write(Uint8Array.of(1));
  let n: number | null | undefined;
  const read = server.read(new Uint8Array(1)).then((count) => n = count);
  await settle();
  assert.equal(n, undefined);
  link.resume();
  await read;
  assert.equal(n, 1);
});

Deno.test("MemoryLink.cut() fails both ends and loses what is on the way", async () => {
  const { client, server, link } = await ends({ there: { delayUs: 10 } });
  await client.write(Uint8Array.of(1));
  const reading = client.read(new Uint8Array(1));
  link.cut();
  await assert.rejects(reading, /connection reset/);
  await assert.rejects(server.read(new Uint8Array(1)), /connection reset/);
  await assert.rejects(client.write(Uint8Array.of(1)), /connection reset/);
});

Deno.test("MemoryLink.vanish() shows as silence: writes pass, nothing arrives, no end", async () => {
  const { clock, client, server, link } = await ends();
  link.vanish();
  assert.equal(await client.write(Uint8Array.of(1)), 1);
  client.close();
  let isSettled = false;
  server.read(new Uint8Array(1)).finally(() => isSettled = true).catch(() => {});
  await clock.advance(3_600_000);
  assert.equal(isSettled, false);
  server.close();
  await settle();
  assert.equal(isSettled, true);
});

Deno.test("close() ends a write that waits on a line that has vanished", async () => {
  const { client, link } = await ends({ there: { windowBytes: 1 } });
  link.vanish();
  await client.write(Uint8Array.of(1));
  const writing = client.write(Uint8Array.of(2));
  client.close();
  await assert.rejects(writing, /broken pipe/);
});

Deno.test("closeWrite() ends one direction after what was written", async () => {
  const { clock, client, server } = await ends({ there: { delayUs: 50 } });
  await client.write(Uint8Array.of(9));
  await client.closeWrite();
  assert.equal(await clock.runUntil(server.read(new Uint8Array(4))), 1);
  assert.equal(await clock.runUntil(server.read(new Uint8Array(4))), null);
  await server.write(Uint8Array.of(8));
  assert.equal(await client.read(new Uint8Array(4)), 1);
  await assert.rejects(client.write(Uint8Array.of(1)), /broken pipe/);
});

Deno.test("close() settles what is pending at both ends and leaves no timer", async () => {
  const { clock, client, server } = await ends({ there: { delayUs: 50, windowBytes: 1 } });
  await client.write(Uint8Array.of(1));
  const reading = server.read(new Uint8Array(1));
  const writing = client.write(Uint8Array.of(2));
  await settle();
  server.close();
  await assert.rejects(reading, /canceled/);
  await assert.rejects(writing, /broken pipe/);
  assert.equal(await client.read(new Uint8Array(1)), null);
  client.close();
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("MemoryNetwork refuses a taken port and an address without listener", async () => {
  const { network, listener } = await ends();
  const codeOf = (code: string) => (error: unknown) =>
    error instanceof LineError && error.code === code;
  assert.throws(() => network.listen({ host: "server", port: 7 }), codeOf("cannot-listen"));
  await assert.rejects(
    network.connect({ host: "server", port: 8 }, never),
    codeOf("unreachable"),
  );
  listener.close();
  assert.equal(await listener.accept(), undefined);
  await assert.rejects(
    network.connect({ host: "server", port: 7 }, never),
    codeOf("unreachable"),
  );
});

Deno.test("MemoryPath delivers the bytes unchanged, whatever its settings", async () => {
  const settings = fc.record({
    delayUs: fc.nat(1000),
    jitterUs: fc.nat(1000),
    bytesPerSecond: fc.constantFrom(Infinity, 1000, 100_000),
    windowBytes: fc.integer({ min: 1, max: 50 }),
    maxWriteBytes: fc.integer({ min: 1, max: 20 }),
  });
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });
  const readBytes = fc.integer({ min: 1, max: 40 });
  await fc.assert(
    fc.asyncProperty(settings, bytes, readBytes, async (there, sent, readSize) => {
      const { clock, client, server } = await ends({ there });
      const got: number[] = [];
      const writing = (async () => {
        for (let at = 0; at < sent.length;) at += await client.write(sent.subarray(at));
        await client.closeWrite();
      })();
      await clock.runUntil((async () => {
        const into = new Uint8Array(readSize);
        for (let n; (n = await server.read(into)) !== null;) got.push(...into.subarray(0, n));
      })());
      await writing;
      assert.deepEqual(got, [...sent]);
    }),
    { numRuns: 60 },
  );
});
