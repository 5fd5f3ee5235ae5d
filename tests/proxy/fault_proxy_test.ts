/** The proxy between two plain streams: ends, bounds, and what is no frame. */
import assert from "node:assert/strict";
import { FakeClock, settle } from "../../lib/clock/fake_clock.ts";
import { MAX_FRAME_BYTES } from "../../lib/transport/frame.ts";
import { MemoryNetwork } from "../../lib/transport/memory_network.ts";
import { writeAll } from "../../lib/transport/write_all.ts";
import { cut, delayBy, drop, holdUntilIndex } from "./actions.ts";
import { FaultProxy } from "./fault_proxy.ts";
import { Collector, joined, numbered, rawLine, run } from "./raw_line.ts";
import { at, chance, type FrameFacts } from "./scripts.ts";

const signal = new AbortController().signal;

Deno.test("FaultProxy asks no script about the transport's own frames", async () => {
  const asked: number[] = [];
  await using line = await rawLine({
    rules: {
      there: ({ kind }) => {
        asked.push(kind);
        return drop;
      },
    },
  });
  const got = new Collector(line.server, line.clock);
  const kinds = [0x01, 0x20, 0x1f, 0x7f, 0x06, 0xff];
  await writeAll(line.client, joined(kinds.map((kind) => numbered(kind, kind))));
  await line.client.closeWrite();
  assert.deepEqual([...await got.ended], []);
  assert.deepEqual(asked, [0x20, 0x7f, 0xff]);
  assert.deepEqual(got.numbers, [0x01, 0x1f, 0x06]);
});

Deno.test("FaultProxy tells a script where each frame is", async () => {
  const facts: Omit<FrameFacts, "payload">[] = [];
  const script = ({ payload: _, ...rest }: FrameFacts) => void facts.push(rest);
  await using line = await rawLine({ rules: { there: script, back: script } });
  await writeAll(line.client, joined([numbered(0x20, 0), numbered(0x21, 0), numbered(0x20, 1)]));
  await line.clock.advance(3);
  await writeAll(line.server, numbered(0x20, 0));
  await settle();
  const there = { connection: 0, direction: "there", readNs: 0 };
  assert.deepEqual(facts, [
    { ...there, kind: 0x20, index: 0 },
    { ...there, kind: 0x21, index: 0 },
    { ...there, kind: 0x20, index: 1 },
    { connection: 0, direction: "back", readNs: 3e6, kind: 0x20, index: 0 },
  ]);
});

Deno.test("FaultProxy passes a half-close on and keeps the other direction", async () => {
  await using line = await rawLine();
  const [there, back] = [line.server, line.client].map((end) => new Collector(end, line.clock));
  await writeAll(line.client, run(0x20, 0, 4));
  await line.client.closeWrite();
  await there?.ended;
  assert.deepEqual(there?.numbers, [0, 1, 2, 3, 4]);
  assert.equal(line.proxy.open, 1);
  await writeAll(line.server, run(0x21, 0, 2));
  await line.server.closeWrite();
  await back?.ended;
  assert.deepEqual(back?.numbers, [0, 1, 2]);
  await settle();
  assert.equal(line.proxy.open, 0);
});

Deno.test("FaultProxy lets late and held frames out before the end", async () => {
  const script = (frame: FrameFacts) =>
    at([0], delayBy(70))(frame) ?? at([1], holdUntilIndex(99))(frame);
  await using line = await rawLine({ rules: { there: script } });
  const got = new Collector(line.server, line.clock);
  await writeAll(line.client, run(0x20, 0, 3));
  await line.client.closeWrite();
  await line.clock.advance(60);
  assert.deepEqual(got.numbers, [2, 3, 1]);
  assert.equal(got.isOver, false);
  await line.clock.runUntil(got.ended);
  assert.deepEqual(got.numbers, [2, 3, 1, 0]);
});

Deno.test("stall() holds the end of a stream too", async () => {
  await using line = await rawLine();
  const got = new Collector(line.server, line.clock);
  line.proxy.stall();
  line.client.close();
  await line.clock.advance(5_000);
  assert.equal(got.isOver, false);
  line.proxy.resume();
  assert.deepEqual([...await got.ended], []);
});

Deno.test("FaultProxy passes a reset on, behind what was read before it", async () => {
  await using line = await rawLine({ delayUs: 10_000 });
  const got = new Collector(line.server, line.clock);
  await writeAll(line.client, run(0x20, 0, 2));
  await settle();
  line.network.links[0]?.cut();
  await line.clock.runUntil(got.ended);
  assert.deepEqual(got.numbers, [0, 1, 2]);
  assert.equal(line.clock.monotonicNs(), 10e6);
  await settle();
  assert.equal(line.proxy.open, 0);
});

Deno.test("FaultProxy ends the client when the server is gone in the middle of a write", async () => {
  await using line = await rawLine();
  const got = new Collector(line.client, line.clock);
  await writeAll(line.client, numbered(0x20, 0, 500_000)); // more than the window: the proxy waits
  line.server.close();
  await got.ended;
  await writeAll(line.client, numbered(0x20, 1)).catch(() => {});
  await settle();
  assert.equal(line.proxy.open, 0);
  assert.equal(line.proxy.counters.there.lost, 1);
});

Deno.test("FaultProxy passes everything as it is after a malformed length", async () => {
  for (const length of [0, MAX_FRAME_BYTES + 1]) {
    await using line = await rawLine({ rules: { there: () => drop } });
    const got = new Collector(line.server, line.clock);
    const bad = numbered(0x20, 7);
    new DataView(bad.buffer).setUint32(0, length);
    await writeAll(line.client, joined([run(0x20, 0, 1), bad]));
    await writeAll(line.client, run(0x20, 2, 3));
    await line.client.closeWrite();
    assert.deepEqual(await got.ended, joined([bad, run(0x20, 2, 3)]));
    assert.deepEqual(got.numbers, []);
    assert.equal(line.proxy.counters.there.dropped, 2);
    assert.equal(line.proxy.counters.there.rawBytes, 3 * bad.length);
  }
});

Deno.test("FaultProxy passes half a frame on at the end", async () => {
  await using line = await rawLine();
  const got = new Collector(line.server, line.clock);
  await writeAll(line.client, run(0x20, 0, 1).subarray(0, 15));
  await line.client.closeWrite();
  assert.equal((await got.ended as Uint8Array).length, 15 - 9);
  assert.deepEqual(got.numbers, [0]);
});

Deno.test("FaultProxy reads no further than its bound while nobody reads behind it", async () => {
  const maxWaitingBytes = 200_000;
  await using line = await rawLine({ maxWaitingBytes });
  let written = 0;
  const sending = (async () => {
    for (let number = 0; number < 200; number++) {
      await writeAll(line.client, numbered(0x20, number, 20_000));
      written += 20_005;
    }
    await line.client.closeWrite();
  })();
  await settle();
  const { peakWaitingBytes, bytesIn } = line.proxy.counters.there;
  const windowBytes = 256 * 1024;
  assert(peakWaitingBytes >= maxWaitingBytes, `${peakWaitingBytes}`);
  assert(peakWaitingBytes <= maxWaitingBytes + 64 * 1024 + 20_005, `${peakWaitingBytes}`);
  assert(bytesIn <= peakWaitingBytes + windowBytes + 20_005, `${bytesIn}`);
  assert(written < 1_000_000, `${written}`);
  const got = new Collector(line.server, line.clock);
  await sending;
  await got.ended;
  assert.deepEqual(got.numbers, Array.from({ length: 200 }, (_, i) => i));
});

Deno.test("FaultProxy passes a frame far above its bound whole", async () => {
  await using line = await rawLine({ maxWaitingBytes: 1000 });
  const got = new Collector(line.server, line.clock);
  await writeAll(line.client, numbered(0x20, 5, 3_000_000));
  await writeAll(line.client, numbered(0x20, 6));
  await line.client.closeWrite();
  await got.ended;
  assert.deepEqual(got.numbers, [5, 6]);
});

Deno.test("stall() stops a frame in the middle when it is long", async () => {
  for (const bytesPerSecond of [1_000_000, Infinity]) {
    await using line = await rawLine({ bytesPerSecond });
    await writeAll(line.client, numbered(0x20, 0, 400_000)); // more than the window of the server
    await line.clock.advance(100);
    line.proxy.stall();
    const got = new Collector(line.server, line.clock);
    await line.clock.advance(1_400);
    const { bytesOut } = line.proxy.counters.there;
    assert(bytesOut > 0 && bytesOut < 400_000, `${bytesOut}`);
    assert.deepEqual(got.numbers, []);
    line.proxy.resume();
    await line.clock.advance(400);
    assert.deepEqual(got.numbers, [0]);
  }
});

Deno.test("cut() loses what is late, held and behind it, and counts it", async () => {
  const rules = {
    there: (frame: FrameFacts) =>
      [delayBy(5), holdUntilIndex(9), undefined, holdUntilIndex(4), cut()][frame.index],
  };
  await using line = await rawLine({ rules });
  const got = new Collector(line.server, line.clock);
  await writeAll(line.client, run(0x20, 0, 5));
  await got.ended;
  assert.deepEqual(got.numbers, [2]);
  await settle();
  const { framesIn, framesOut, lost } = line.proxy.counters.there;
  assert.deepEqual({ framesIn, framesOut, lost }, { framesIn: 5, framesOut: 1, lost: 4 });
});

Deno.test("cut() after a stall keeps its place in front of late frames", async () => {
  const rules = { there: (frame: FrameFacts) => [delayBy(5), undefined, cut()][frame.index] };
  await using line = await rawLine({ rules });
  const got = new Collector(line.server, line.clock);
  line.proxy.stall();
  await writeAll(line.client, run(0x20, 0, 2));
  await line.clock.advance(50);
  line.proxy.resume();
  await got.ended;
  assert.deepEqual(got.numbers, [1]);
});

Deno.test("cutAll() ends every connection at once, in a stall too", async () => {
  await using line = await rawLine();
  line.proxy.stall();
  const ends = [line.client, line.server].map((end) => new Collector(end, line.clock).ended);
  line.proxy.cutAll();
  await Promise.all(ends);
  await settle();
  assert.equal(line.proxy.open, 0);
});

Deno.test("chance() chooses the same frames again for the same seed", () => {
  const chosen = (seed: number, connection = 0) => {
    const script = chance(seed, 0.3, drop);
    const facts = { connection, direction: "there", kind: 0x20, readNs: 0 } as const;
    const payload = new Uint8Array();
    return Array.from({ length: 2000 }, (_, index) => index)
      .filter((index) => script({ ...facts, index, payload }) === drop);
  };
  assert.deepEqual(chosen(1), chosen(1));
  assert.notDeepEqual(chosen(1), chosen(2));
  assert.notDeepEqual(chosen(1), chosen(1, 1));
  assert(Math.abs(chosen(1).length - 600) < 100, `${chosen(1).length}`); // 5 sigma are 102
});

Deno.test("rules can be replaced while frames go through, and indices count on", async () => {
  await using line = await rawLine();
  const got = new Collector(line.server, line.clock);
  await writeAll(line.client, run(0x20, 0, 2));
  await settle();
  line.proxy.rules = { there: { 0x20: at([1, 4], drop) } };
  await writeAll(line.client, run(0x20, 3, 5));
  await settle();
  assert.deepEqual(got.numbers, [0, 1, 2, 3, 5]);
});

Deno.test("FaultProxy gives an error of a script back when it is disposed", async () => {
  const line = await rawLine({ rules: { there: at([2], holdUntilIndex(2)) } });
  const got = new Collector(line.server, line.clock);
  await writeAll(line.client, run(0x20, 0, 3));
  await got.ended;
  await assert.rejects(async () => await line[Symbol.asyncDispose](), {
    name: "RangeError",
    message: "Cannot hold frame 2 of kind 32 until frame 2: it has passed",
  });
});

Deno.test("FaultProxy hangs up on a client when the server is not there", async () => {
  const clock = new FakeClock();
  const network = new MemoryNetwork({ clock });
  await using proxy = new FaultProxy({ network, clock, target: { host: "127.0.0.1", port: 1 } });
  const client = await network.connect(proxy.address, signal);
  assert.equal(await client.read(new Uint8Array(1)), null);
  assert.deepEqual([proxy.accepted, proxy.unreachable, proxy.open], [1, 1, 0]);
});

Deno.test("FaultProxy leaves no timer when it is disposed in the middle of everything", async () => {
  const line = await rawLine({ delayUs: 1_000_000, bytesPerSecond: 10 });
  await writeAll(line.client, run(0x20, 0, 50));
  await line.clock.advance(1_500);
  line.proxy.stall();
  await line.proxy[Symbol.asyncDispose]();
  assert.equal(line.clock.pendingTimers, 0);
  const { framesIn, framesOut, lost } = line.proxy.counters.there;
  assert.equal(framesIn, framesOut + lost);
  await line[Symbol.asyncDispose]();
});
