/** Peers that confirm what they did not get, and peers that never give others a turn. */
import assert from "node:assert/strict";
import type { Clock } from "../../lib/clock/clock.ts";
import { settle } from "../../lib/clock/fake_clock.ts";
import { encodeFrame, Kind } from "../../lib/transport/frame.ts";
import { FrameDecoder } from "../../lib/transport/frame_decoder.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import { MemoryNetwork } from "../../lib/transport/memory_network.ts";
import type { ByteStream } from "../../lib/transport/network.ts";
import { Receiver } from "../../lib/transport/receiver.ts";
import { connectPair, fillUp, memoryWorld, serveRaw, testService, until } from "./world.ts";

const { data, note } = testService.kinds;

Deno.test("a GOODBYE_ACK that nobody asked for confirms no bytes", async () => {
  const { server, peer, served } = await serveRaw(memoryWorld(), testService, {});
  assert(served.send(note, "unheard"));
  await until(() => served.stats.bytesQueued === 0);
  await peer.send(Kind.GoodbyeAck);
  assert.equal(await peer.errorCode(), "unexpected-kind");
  peer.close();
  const report = await served.closed;
  assert.deepEqual(
    [report.code, report.confirmed, report.unconfirmedBytes],
    ["unexpected-kind", false, "unheard".length + 5],
  );
  await server.close();
});

Deno.test("a GOODBYE_ACK that comes before the GOODBYE has left confirms no bytes", async () => {
  const world = memoryWorld();
  const { server, peer, served } = await serveRaw(world, testService, {});
  const payload = new Uint8Array(200_000);
  const accepted = await fillUp(() => served.send(data, payload)) * (payload.length + 5);
  const closed = served.close();
  assert(served.stats.bytesQueued > 0, "the goodbye could have left");
  await peer.send(Kind.GoodbyeAck);
  await world.clock.advance(1000);
  peer.close();
  const report = await world.clock.runUntil(closed);
  assert.equal(report.confirmed, false);
  assert.equal(report.unconfirmedBytes, accepted);
  await server.close();
  assert.equal(world.budget.usedBytes, 0);
});

Deno.test("ping() is answered within two round trips, however often it is called", async () => {
  const world = memoryWorld();
  const delayUs = 25_000; // there and back: a round trip of 50 ms
  const network = new MemoryNetwork({
    clock: world.clock,
    there: { delayUs },
    back: { delayUs },
  });
  const connecting = connectPair({ ...world, network }, testService, {});
  const { client, server } = await world.clock.runUntil(connecting);
  const roundTrips: (number | undefined)[] = [];
  let longestWaitNs = 0;
  const count = 200;
  for (let i = 0; i < count; i++) {
    const startNs = world.clock.monotonicNs();
    client.ping().then((roundTripNs) => {
      roundTrips.push(roundTripNs);
      longestWaitNs = Math.max(longestWaitNs, world.clock.monotonicNs() - startNs);
    });
    await world.clock.advance(10);
  }
  await world.clock.advance(100);
  assert.deepEqual(roundTrips, Array(count).fill(50e6));
  assert(longestWaitNs <= 100e6, `one has waited ${longestWaitNs / 1e6} ms`);
  await world.clock.runUntil(Promise.all([client.close(), server.close()]));
  assert.equal(world.clock.pendingTimers, 0);
});

/** Each look at it finds that a millisecond has passed: time goes on while a program is busy. */
function busyClock(): Clock {
  let nowNs = 0;
  return {
    monotonicNs: () => nowNs += 1e6,
    wallUs: () => nowNs / 1000,
    after: () => ({ cancel() {} }),
  };
}

/** A stream that has always more to read, up to `most` reads, each of at most `readBytes`. */
function endlessStream(frame: Uint8Array, readBytes: number, most: number) {
  let reads = 0;
  let at = 0;
  const stream: ByteStream = {
    peer: { host: "192.0.2.1", port: 1 },
    read(into) {
      if (++reads > most) return Promise.resolve(null);
      const count = Math.min(into.length, readBytes);
      for (let i = 0; i < count; i++) into[i] = frame[(at + i) % frame.length] as number;
      at = (at + count) % frame.length;
      return Promise.resolve(count);
    },
    write: (bytes) => Promise.resolve(bytes.length),
    closeWrite: () => Promise.resolve(),
    close() {},
  };
  return { stream, reads: () => reads };
}

for (const readBytes of [8192, 20_000, 65_536]) {
  Deno.test(`Receiver.run() gives others a turn every few reads of ${readBytes} bytes`, async () => {
    const frame = encodeFrame(data.code, new Uint8Array(1000));
    const mostReads = 400;
    const { stream, reads } = endlessStream(frame, readBytes, mostReads);
    const budget = new MemoryBudget(1024 * 1024);
    const decoder = new FrameDecoder({ maxFrameBytes: 4096, budget });
    let handled = 0;
    const receiver = new Receiver({
      stream,
      decoder,
      budget,
      clock: busyClock(),
      maxFramesPerSecond: Infinity,
      onOther() {},
      onBatch() {},
      onError: (error) => assert.fail(error),
    });
    let isOver = false;
    const running = receiver.run([() => void handled++]).then(() => isOver = true);
    let longestRun = 0;
    for (let before = 0; !isOver; before = reads()) {
      await settle();
      longestRun = Math.max(longestRun, reads() - before);
    }
    await running;
    assert(longestRun <= 20, `${longestRun} reads of ${mostReads} without a turn for others`);
    assert.equal(handled, Math.floor(receiver.bytes / frame.length), "frames were lost");
    decoder.release();
    assert.equal(budget.usedBytes, 0);
  });
}
