/** Contracts 8 and 10 of `Connection`: goodbyes, losses, and that everything is given back. */
import assert from "node:assert/strict";
import { GOODBYE_TIMEOUT_MS } from "../../lib/transport/farewell.ts";
import { encodeFrame, Kind } from "../../lib/transport/frame.ts";
import { defineService, raw } from "../../lib/transport/service.ts";
import {
  connectPair,
  decodeUtf8,
  fillUp,
  serveRaw,
  testService,
  until,
  type WorldMaker,
} from "./world.ts";

const { data, note, bulk } = testService.kinds;

/** Registers the tests for one kind of world. */
export function endingContracts(make: WorldMaker): void {
  const { name } = make();

  Deno.test(`${name}: close() follows all lanes and is confirmed`, async () => {
    const world = make();
    const seen = { data: 0, bulk: 0 };
    const { server, client, served } = await connectPair(world, testService, {
      server: { data: () => seen.data++, bulk: () => seen.bulk++ },
    });
    const chunk = new Uint8Array(60_000);
    for (let i = 0; i < 15; i++) client.send(bulk, chunk);
    for (let i = 0; i < 1000; i++) client.send(data, new Uint8Array(100));
    const report = await client.close({ code: "done", message: "that was all" });
    assert.deepEqual(seen, { data: 1000, bulk: 15 });
    assert.deepEqual(
      [report.code, report.by, report.confirmed, report.unconfirmedBytes],
      ["done", "here", true, 0],
    );
    const other = await served.closed;
    assert.deepEqual([other.code, other.message, other.by], ["done", "that was all", "peer"]);
    await server.close();
    assert.equal(world.budget.usedBytes, 0);
    assert.equal(world.clock.pendingTimers, 0, "a timer was left");
  });

  Deno.test(`${name}: two goodbyes that cross are both confirmed`, async () => {
    for (let i = 0; i < 20; i++) {
      const { server, client, served } = await connectPair(make(), testService, {
        server: { note() {} },
        client: { note() {} },
      });
      client.send(note, "a");
      served.send(note, "b");
      const [a, b] = await Promise.all([client.close(), served.close()]);
      assert.deepEqual([a.confirmed, b.confirmed], [true, true]);
      assert.deepEqual([a.unconfirmedBytes, b.unconfirmedBytes], [0, 0]);
      await server.close();
    }
  });

  Deno.test(`${name}: whoever hears a goodbye can still send its last frames`, async () => {
    const got: string[] = [];
    const { server, client, served } = await connectPair(make(), testService, {
      client: { note: (value) => got.push(value) },
    });
    served.onGoodbye = () => served.send(note, "last words");
    await client.close();
    assert.deepEqual(got, ["last words"]);
    await server.close();
  });

  Deno.test(`${name}: close() without an answer ends after 5 s and counts what is open`, async () => {
    const world = make();
    const { server, peer, served } = await serveRaw(world, testService, {});
    const ponged = served.ping();
    served.send(note, "heard");
    await until(() => served.stats.bytesSent === 10);
    const second = served.ping();
    for (let frame; (frame = await peer.next()) !== undefined;) {
      if (frame.kind !== Kind.Ping) continue;
      await peer.send(Kind.Pong, frame.payload);
      if (frame.payload[7] === 2) break;
    }
    await Promise.all([ponged, second]);
    served.send(note, "unheard");
    const closed = served.close();
    let isClosed = false;
    closed.then(() => isClosed = true);
    await until(() => served.stats.bytesSent === 22);
    await world.clock.advance(GOODBYE_TIMEOUT_MS - 1);
    assert.equal(isClosed, false, "ended too early");
    await world.clock.advance(1);
    await until(() => isClosed);
    const report = await closed;
    assert.equal(report.confirmed, false);
    assert.equal(report.unconfirmedBytes, "unheard".length + 5);
    peer.close();
    await server.close();
  });

  Deno.test(`${name}: bytes still queued when the line is lost are counted`, async () => {
    const world = make();
    const { server, peer, served } = await serveRaw(world, testService, {});
    const payload = new Uint8Array(200_000);
    const accepted = await fillUp(() => served.send(data, payload)) * (payload.length + 5);
    peer.close();
    const report = await served.closed;
    assert.equal(report.by, "network");
    assert.equal(report.unconfirmedBytes, accepted);
    await server.close();
    assert.equal(world.budget.usedBytes, 0);
  });

  Deno.test(`${name}: a peer that hangs up in the middle of a frame is lost`, async () => {
    const world = make();
    const { server, peer, served } = await serveRaw(world, testService, { data() {} });
    await peer.write(encodeFrame(data.code, new Uint8Array(100)).subarray(0, 50));
    await peer.stream.closeWrite();
    const report = await served.closed;
    assert.deepEqual([report.code, report.by], ["lost", "network"]);
    assert.match(report.message, /inside a frame/);
    peer.close();
    await server.close();
    assert.equal(world.budget.usedBytes, 0);
    assert.equal(world.clock.pendingTimers, 0);
  });

  Deno.test(`${name}: abort() inside a handler delivers no further frame`, async () => {
    let frames = 0;
    const world = make();
    const { server, peer, served } = await serveRaw(world, testService, {
      data() {
        frames++;
        served.abort("test.enough", "one is enough");
      },
    });
    const frame = [...encodeFrame(data.code, new Uint8Array(4))];
    await peer.write(new Uint8Array([...frame, ...frame, ...frame]));
    assert.equal(await peer.errorCode(), "test.enough");
    peer.close();
    await served.closed;
    assert.equal(frames, 1);
    await server.close();
  });

  Deno.test(`${name}: abort() with a code of this side only tells the peer nothing`, async () => {
    const { server, peer, served } = await serveRaw(make(), testService, {});
    served.abort("cancelled", "changed my mind");
    assert.equal(await peer.errorCode(), "hung up without ERROR");
    peer.close();
    assert.equal((await served.closed).code, "cancelled");
    await server.close();
  });

  Deno.test(`${name}: a second GOODBYE is ignored`, async () => {
    let heard = 0;
    const { server, peer, served } = await serveRaw(make(), testService, {});
    served.onGoodbye = () => heard++;
    const goodbye = encodeFrame(
      Kind.Goodbye,
      new TextEncoder().encode('{"code":"done","message":""}'),
    );
    await peer.write(new Uint8Array([...goodbye, ...goodbye]));
    assert.equal((await peer.next())?.kind, Kind.GoodbyeAck);
    assert.equal(await peer.next(), undefined);
    peer.close();
    assert.equal((await served.closed).by, "peer");
    assert.equal(heard, 1);
    await server.close();
  });

  Deno.test(`${name}: an ERROR of the peer ends the connection with its code`, async () => {
    const { server, peer, served } = await serveRaw(make(), testService, {});
    await peer.send(Kind.Error, JSON.stringify({ code: "test.banned", message: "go away" }));
    assert.equal(await peer.next(), undefined);
    peer.close();
    const report = await served.closed;
    assert.deepEqual([report.code, report.message, report.by], ["test.banned", "go away", "peer"]);
    await server.close();
  });

  Deno.test(`${name}: a lane whose policy is cut ends with slow-reader, drop counts`, async () => {
    for (const whenFull of ["cut", "drop"] as const) {
      const service = defineService({
        name: "strict",
        kinds: { data: raw(0x20) },
        maxFrameBytes: 60_000,
        lanes: { normal: { maxBytes: 100_000, whenFull } },
      });
      const world = make();
      const { server, peer, served } = await serveRaw(world, service, {});
      let refused = 0;
      await fillUp(() => {
        if (served.send(service.kinds.data, new Uint8Array(50_000))) return true;
        if (served.isOpen) refused++;
        return false;
      });
      if (whenFull === "cut") {
        assert.equal(served.isOpen, false);
        await world.clock.advance(1000);
        assert.equal((await served.closed).code, "slow-reader");
      } else {
        assert(served.isOpen);
        assert.equal(served.stats.dropped, refused);
        assert(refused > 0);
      }
      peer.close();
      await served.closed;
      await server.close();
      assert.equal(world.budget.usedBytes, 0);
    }
  });

  Deno.test(`${name}: server.close() says goodbye to every client and waits for them`, async () => {
    const world = make();
    const first = await connectPair(world, testService, {});
    const { server, peer } = await serveRaw(world, testService, {});
    const closing = server.close({ code: "shutting-down", message: "for today", retryAfterMs: 5 });
    const frame = await peer.next();
    assert.equal(frame?.kind, Kind.Goodbye);
    assert.equal(JSON.parse(decodeUtf8(frame.payload)).retryAfterMs, 5);
    await peer.send(Kind.GoodbyeAck);
    while (await peer.next() !== undefined);
    peer.close();
    await closing;
    await first.server.close();
    assert.equal((await first.client.closed).code, "shutting-down");
  });
}
