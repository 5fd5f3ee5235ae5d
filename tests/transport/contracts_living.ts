/** Contracts 5 to 7 and 9 of `Connection`: failing handlers, credit, heartbeat, violations. */
import assert from "node:assert/strict";
import { encodeFrame, Kind } from "../../lib/transport/frame.ts";
import { defineService, raw } from "../../lib/transport/service.ts";
import { connectPair, fillUp, serveRaw, testService, until, type WorldMaker } from "./world.ts";

const { data, note, bulk, heldBulk } = testService.kinds;

const PING_PAYLOAD_BYTES = 8;

function pingPayload(id: number): Uint8Array {
  const payload = new Uint8Array(PING_PAYLOAD_BYTES);
  payload[7] = id;
  return payload;
}

/** Registers the tests for one kind of world. */
export function livingContracts(make: WorldMaker): void {
  const { name } = make();

  Deno.test(`${name}: a handler that throws ends its own connection only`, async () => {
    const world = make();
    let frames = 0;
    const { server, peer, served } = await serveRaw(world, testService, {
      data(view) {
        if (view.length === 0) throw new TypeError("a defect");
        frames++;
      },
    });
    await using other = await connectPair(world, testService, {});
    await peer.send(data.code, "x");
    await peer.send(data.code, "");
    await peer.send(data.code, "y");
    assert.equal(await peer.errorCode(), "internal");
    peer.close();
    const report = await served.closed;
    assert.equal(report.code, "internal");
    assert.equal(report.by, "here");
    assert.equal(frames, 1);
    assert(other.client.isOpen);
    await server.close();
  });

  Deno.test(`${name}: bulk stops at the credit and goes on when it is released`, async () => {
    let heldBytes = 0;
    let notes = 0;
    await using pair = await connectPair(make(), testService, {
      server: { heldBulk: (view) => heldBytes += view.length + 5, note: () => notes++ },
    });
    const chunk = new Uint8Array(20_000 - 5);
    for (let i = 0; i < 30; i++) assert(pair.client.send(heldBulk, chunk));
    const credit = testService.bulkCreditBytes;
    const most = Math.floor(credit / 20_000) * 20_000;
    await until(() => heldBytes === most, "bulk up to the credit");
    for (let i = 0; i < 50; i++) {
      pair.client.send(note, "still here");
      await until(() => notes === i + 1, "a note while bulk waits");
    }
    assert.equal(heldBytes, most, "bulk went beyond its credit");
    let released = 0;
    await until(() => {
      pair.served.releaseBulk(heldBytes - released);
      released = heldBytes;
      return heldBytes === 600_000;
    }, "the rest of bulk");
  });

  Deno.test(`${name}: bulk beyond the credit is refused with credit-exceeded`, async () => {
    const { server, peer, served } = await serveRaw(make(), testService, { heldBulk() {} });
    const chunk = new Uint8Array(60_000);
    for (let i = 0; i < 4; i++) await peer.send(heldBulk.code, chunk);
    peer.send(heldBulk.code, chunk).catch(() => {});
    assert.equal(await peer.errorCode(), "credit-exceeded");
    peer.close();
    assert.equal((await served.closed).code, "credit-exceeded");
    await server.close();
  });

  Deno.test(`${name}: a bulk frame above 64 KiB is refused with credit-exceeded`, async () => {
    const { server, peer } = await serveRaw(make(), testService, { bulk() {} });
    peer.send(bulk.code, new Uint8Array(64 * 1024 - 4)).catch(() => {});
    assert.equal(await peer.errorCode(), "credit-exceeded");
    peer.close();
    await server.close();
  });

  Deno.test(`${name}: a silent peer is asked, then given up with silent`, async () => {
    const world = make();
    const { server, peer, served } = await serveRaw(world, testService, {});
    const { heartbeatMs } = testService;
    await world.clock.advance(2 * heartbeatMs);
    assert.equal((await peer.next())?.kind, Kind.Ping);
    assert(served.isOpen, "given up after two heartbeats");
    await world.clock.advance(2 * heartbeatMs);
    assert.equal(await peer.errorCode(), "silent");
    peer.close();
    assert.equal((await served.closed).code, "silent");
    await server.close();
  });

  Deno.test(`${name}: an ignorable kind without a handler is skipped`, async () => {
    let notes = 0;
    await using pair = await connectPair(make(), testService, { server: { note: () => notes++ } });
    assert(pair.client.send(testService.kinds.extra, new Uint8Array(3)));
    assert(pair.client.send(note, "still here"));
    await until(() => notes === 1, "the note behind it");
    assert(pair.served.isOpen);
  });

  Deno.test(`${name}: a single byte per heartbeat is a sign of life`, async () => {
    const world = make();
    const { server, peer, served } = await serveRaw(world, testService, { data() {} });
    const frame = encodeFrame(data.code, new Uint8Array(40));
    for (const byte of frame) {
      const { bytesReceived } = served.stats;
      await peer.write(Uint8Array.of(byte));
      await until(() => served.stats.bytesReceived > bytesReceived);
      await world.clock.advance(testService.heartbeatMs);
    }
    assert(served.isOpen);
    assert.equal(served.stats.framesReceived, 1);
    peer.close();
    await served.closed;
    await server.close();
  });

  Deno.test(`${name}: a peer that talks but takes nothing is cut with slow-reader`, async () => {
    const world = make();
    const { server, peer, served } = await serveRaw(world, testService, { data() {} });
    const payload = new Uint8Array(500_000);
    await fillUp(() => served.send(data, payload)); // what the system buffers, then the lane
    assert(served.stats.bytesQueued > 0);
    for (let i = 0; i < 5 && served.isOpen; i++) {
      const { bytesReceived } = served.stats;
      await peer.send(data.code, "x");
      await until(() => served.stats.bytesReceived > bytesReceived || !served.isOpen);
      await world.clock.advance(testService.heartbeatMs);
    }
    await world.clock.advance(1000);
    const report = await served.closed;
    assert.equal(report.code, "slow-reader");
    assert(report.unconfirmedBytes > 0);
    peer.close();
    await server.close();
    assert.equal(world.budget.usedBytes, 0);
  });

  Deno.test(`${name}: PINGs that come together are answered by one PONG, the newest`, async () => {
    const { server, peer } = await serveRaw(make(), testService, {});
    const pings = Array.from({ length: 100 }, (_, i) => encodeFrame(Kind.Ping, pingPayload(i)));
    const bytes = new Uint8Array(pings.flatMap((frame) => [...frame]));
    await peer.write(bytes);
    let pongs = 0;
    for (let frame; (frame = await peer.next()) !== undefined;) {
      assert.equal(frame.kind, Kind.Pong);
      pongs++;
      if (frame.payload[7] === 99) break;
    }
    assert(pongs < 20, `${pongs} PONGs for PINGs of one read`);
    peer.close();
    await server.close();
  });

  Deno.test(`${name}: ping() measures a round trip, and ends when the connection does`, async () => {
    const world = make();
    await using pair = await connectPair(world, testService, {});
    const roundTripNs = await pair.client.ping();
    assert.equal(typeof roundTripNs, "number");
    assert.equal(pair.client.roundTripNs, roundTripNs);
    const { server, peer, served } = await serveRaw(world, testService, {});
    const unanswered = served.ping();
    peer.close();
    assert.equal(await unanswered, undefined);
    await server.close();
  });

  for (
    const [what, bytes, code] of [
      ["kind 0x00", encodeFrame(0x00, new Uint8Array(1)), "unknown-kind"],
      ["kind 0x1f", encodeFrame(0x1f, new Uint8Array(1)), "unknown-kind"],
      ["kind 0x7f", encodeFrame(0x7f, new Uint8Array(1)), "unknown-kind"],
      ["a second HELLO", encodeFrame(Kind.Hello, new Uint8Array(1)), "unexpected-kind"],
      ["a kind of the other direction", encodeFrame(0x23, new Uint8Array(1)), "unexpected-kind"],
      ["GOODBYE_ACK unasked", encodeFrame(Kind.GoodbyeAck, new Uint8Array(0)), "unexpected-kind"],
      ["length 0", new Uint8Array(4), "frame-empty"],
      ["length 2^32-1", new Uint8Array(4).fill(255), "frame-too-large"],
      ["text that is not UTF-8", encodeFrame(note.code, Uint8Array.of(0xff)), "bad-message"],
      ["JSON of another form", encodeFrame(0x22, new TextEncoder().encode("{}")), "bad-message"],
      ["a PING of 7 bytes", encodeFrame(Kind.Ping, new Uint8Array(7)), "bad-message"],
      ["a GOODBYE without JSON", encodeFrame(Kind.Goodbye, new Uint8Array(3)), "bad-message"],
      ["a CREDIT of 3 bytes", encodeFrame(Kind.Credit, new Uint8Array(3)), "bad-message"],
    ] as const
  ) {
    Deno.test(`${name}: ${what} is told to the peer as ${code}`, async () => {
      const handlers = { note() {}, form() {}, data() {} };
      const { server, peer, served } = await serveRaw(make(), testService, handlers);
      await peer.write(bytes);
      assert.equal(await peer.errorCode(), code);
      peer.close();
      const report = await served.closed;
      assert.deepEqual([report.code, report.by], [code, "here"]);
      await server.close();
    });
  }

  Deno.test(`${name}: an unknown kind from 0x80 on is skipped`, async () => {
    let notes = 0;
    const { server, peer } = await serveRaw(make(), testService, { note: () => notes++ });
    await peer.send(0x90, "from the future");
    await peer.send(note.code, "known");
    await until(() => notes === 1);
    peer.close();
    await server.close();
  });

  Deno.test(`${name}: more frames per second than allowed end in too-fast`, async () => {
    const calm = defineService({
      name: "calm",
      kinds: { data: raw(0x20) },
      maxFramesPerSecond: 100,
    });
    const world = make();
    const { server, peer, served } = await serveRaw(world, calm, { data() {} });
    for (let i = 0; i < 10; i++) {
      for (let k = 0; k < 50; k++) await peer.send(0x20, "x");
      await until(() => served.stats.framesReceived === (i + 1) * 50);
      await world.clock.advance(500);
    }
    assert(served.isOpen, "cut at the allowed rate");
    const burst = Array.from({ length: 200 }, () => [...encodeFrame(0x20, new Uint8Array(1))]);
    await peer.write(new Uint8Array(burst.flat()));
    assert.equal(await peer.errorCode(), "too-fast");
    peer.close();
    await server.close();
  });
}
