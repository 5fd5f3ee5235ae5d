/** Contracts 1 to 4 of `Connection`: order, back-pressure, few writes, views. */
import assert from "node:assert/strict";
import { FrameBatch } from "../../lib/transport/frame_batch.ts";
import type { FrameView } from "../../lib/transport/frame_view.ts";
import type { ByteStream, Network } from "../../lib/transport/network.ts";
import { defineService, raw } from "../../lib/transport/service.ts";
import { connectPair, fillUp, serveRaw, testService, until, type WorldMaker } from "./world.ts";

const { data, note, form, bulk, extra } = testService.kinds;

/** Streams whose writes are counted. */
function countingNetwork(network: Network): { network: Network; writes: () => number } {
  let writes = 0;
  const counted = (stream: ByteStream): ByteStream => ({
    peer: stream.peer,
    read: (into) => stream.read(into),
    write(bytes) {
      writes++;
      return stream.write(bytes);
    },
    closeWrite: () => stream.closeWrite(),
    close: () => stream.close(),
  });
  return {
    writes: () => writes,
    network: {
      isEncrypted: false,
      listen: (address) => network.listen(address),
      connect: async (address, signal) => counted(await network.connect(address, signal)),
    },
  };
}

/** Registers the tests for one kind of world. */
export function sendingContracts(make: WorldMaker): void {
  const { name } = make();

  Deno.test(`${name}: send() delivers values of every form of kind, unchanged`, async () => {
    const got: unknown[] = [];
    await using pair = await connectPair(make(), testService, {
      server: {
        data: (view) => got.push([...view.copy()]),
        note: (value) => got.push(value),
        form: (value) => got.push(value),
        extra: (view) => got.push(view.length),
      },
    });
    assert(pair.client.send(data, Uint8Array.of(1, 2, 3)));
    assert(pair.client.send(note, "grüß dich"));
    assert(pair.client.send(form, { n: 7 }));
    assert(pair.client.send(extra, new Uint8Array(0)));
    await until(() => got.length === 4);
    assert.deepEqual(got, [[1, 2, 3], "grüß dich", { n: 7 }, 0]);
  });

  Deno.test(`${name}: send() keeps order within each lane`, async () => {
    const seen = { data: [] as number[], bulk: [] as number[] };
    await using pair = await connectPair(make(), testService, {
      server: {
        data: (view) => seen.data.push(view.getUint32(0)),
        bulk: (view) => seen.bulk.push(view.getUint32(0)),
      },
    });
    const count = 3000;
    const payload = new Uint8Array(400);
    for (let i = 0; i < count;) {
      new DataView(payload.buffer).setUint32(0, i);
      const isBulk = i % 3 === 0;
      if (pair.client.send(isBulk ? bulk : data, payload)) i++;
      else await pair.client.writable(isBulk ? "bulk" : "normal");
    }
    await until(() => seen.data.length + seen.bulk.length === count, "all frames");
    const all = Array.from({ length: count }, (_, i) => i);
    assert.deepEqual(seen.data, all.filter((i) => i % 3 !== 0));
    assert.deepEqual(seen.bulk, all.filter((i) => i % 3 === 0));
  });

  Deno.test(`${name}: a normal frame overtakes bulk that was sent before it`, async () => {
    const order: string[] = [];
    await using pair = await connectPair(make(), testService, {
      server: { bulk: () => order.push("bulk"), note: () => order.push("note") },
    });
    const chunk = new Uint8Array(32 * 1024);
    let chunks = 0;
    while (pair.client.send(bulk, chunk)) chunks++;
    pair.client.send(note, "quick");
    await until(() => order.length === chunks + 1, "all frames");
    const place = order.indexOf("note");
    assert(place < chunks / 2, `came after ${place} of ${chunks} bulk frames`);
  });

  Deno.test(`${name}: send() answers false when the lane is full, and writable() ends it`, async () => {
    const world = make();
    const service = defineService({
      name: "narrow",
      kinds: { data: raw(0x20) },
      maxFrameBytes: 60_000,
      lanes: { normal: { maxBytes: 100_000, whenFull: "wait" } },
    });
    const { server, peer, served } = await serveRaw(world, service, {});
    const payload = new Uint8Array(50_000);
    const accepted = await fillUp(() => served.send(service.kinds.data, payload));
    const { bytesQueued } = served.stats;
    assert.equal(served.send(service.kinds.data, payload), false);
    assert.equal(served.stats.bytesQueued, bytesQueued, "a refused frame was queued");
    assert(bytesQueued <= 100_000);
    const writable = served.writable();
    for (let received = 0; received < accepted; received++) {
      assert.equal((await peer.next())?.payload.length, payload.length);
    }
    assert.equal(await writable, true);
    assert(served.send(service.kinds.data, payload));
    const again = served.writable();
    peer.close();
    await served.closed;
    await again;
    assert.equal(served.send(service.kinds.data, payload), false);
    assert.equal(await served.writable(), false);
    await server.close();
  });

  Deno.test(`${name}: writable() waits until no more is queued in the lane than it is told`, async () => {
    const { data, more } = { data: raw(0x20), more: raw(0x21, { lane: "bulk" }) };
    const service = defineService({ name: "wide", kinds: { data, more }, maxFrameBytes: 60_000 });
    const { server, peer, served } = await serveRaw(make(), service, {});
    const payload = new Uint8Array(50_000);
    await fillUp(() => served.send(more, payload)); // its receiver gives no credit
    const bulkBytes = served.stats.bytesQueued;
    assert(bulkBytes > 1000);
    while (served.stats.bytesQueued - bulkBytes < 1_000_000) served.send(data, payload);
    let queued = Infinity;
    const writable = served.writable("normal", 1000).then((isOpen) => {
      queued = served.stats.bytesQueued - bulkBytes;
      return isOpen;
    });
    for (let received = 0; queued === Infinity; received++) {
      if (received < 20) await peer.next();
      else await writable;
    }
    assert(queued <= 1000, `${queued} bytes`);
    assert.equal(await writable, true);
    peer.close();
    await server.close();
  });

  Deno.test(`${name}: a sender that waits for writable() fills a small lane again and again`, async () => {
    // A wake-up that falls between "nothing to write" and "the writer rests" must not be lost.
    let sum = 0;
    const service = defineService({
      name: "narrow",
      kinds: { data: raw(0x20) },
      maxFrameBytes: 4096,
      lanes: { normal: { maxBytes: 4100, whenFull: "wait" } },
    });
    await using pair = await connectPair(make(), service, {
      server: { data: (view) => sum += view.getUint32(0) },
    });
    const count = 20_000;
    for (let i = 1; i <= count;) {
      const writer = pair.client.reserve(service.kinds.data, 63);
      if (writer === undefined) {
        await pair.client.writable();
        continue;
      }
      writer.set(new Uint8Array(63));
      writer.setUint32(0, i++);
      writer.commit();
    }
    await until(() => sum === count * (count + 1) / 2, "all frames");
  });

  Deno.test(`${name}: 10,000 frames of one turn leave in fewer than 20 writes`, async () => {
    const world = make();
    const counting = countingNetwork(world.network);
    let frames = 0;
    await using pair = await connectPair(
      world,
      testService,
      { server: { data: () => frames++ } },
      { dial: { network: counting.network } },
    );
    const before = counting.writes();
    const payload = new Uint8Array(16);
    for (let i = 0; i < 10_000; i++) assert(pair.client.send(data, payload));
    await until(() => frames === 10_000);
    assert(counting.writes() - before < 20, `${counting.writes() - before} writes`);
  });

  Deno.test(`${name}: the view of a handler shares its memory with the slab`, async () => {
    const buffers = new Set<ArrayBufferLike>();
    let frames = 0;
    await using pair = await connectPair(make(), testService, {
      server: {
        data(view) {
          buffers.add(view.subarray().buffer);
          frames++;
        },
      },
    });
    for (let i = 0; i < 100; i++) pair.client.send(data, new Uint8Array(40));
    await until(() => frames === 100);
    assert(buffers.size <= 2, `${buffers.size} buffers for 100 frames: the slab has at most two`);
  });

  Deno.test(`${name}: sendInPlace() delivers a payload larger than any buffer`, async () => {
    const payload = new Uint8Array(900_000).map((_, i) => i * 7 + (i >> 8));
    let got: Uint8Array | undefined;
    const notes: string[] = [];
    await using pair = await connectPair(make(), testService, {
      server: { data: (view: FrameView) => got = view.copy(), note: (value) => notes.push(value) },
    });
    pair.client.send(note, "before");
    const sent = pair.client.sendInPlace(data, payload);
    pair.client.send(note, "after");
    await sent;
    await until(() => notes.length === 2);
    assert.deepEqual(got, payload);
    assert.deepEqual(notes, ["before", "after"]);
  });

  Deno.test(`${name}: sendBatch() gives one encoding to several connections`, async () => {
    const got: string[] = [];
    await using pair = await connectPair(make(), testService, {
      client: { note: (value) => got.push(value) },
    });
    const batch = new FrameBatch().add(note, "one").add(note, "two");
    for (const member of pair.server.connections) assert(member.sendBatch(batch));
    pair.served.send(note, "three");
    assert(pair.served.sendBatch(batch));
    await until(() => got.length === 5);
    assert.deepEqual(got, ["one", "two", "three", "one", "two"]);
    assert.throws(() => batch.add(note, "late"), RangeError);
  });

  Deno.test(`${name}: reserve() raises RangeError for a frame above the limit`, async () => {
    await using pair = await connectPair(make(), testService, {});
    const { maxFrameBytes } = testService;
    assert.throws(() => pair.client.reserve(data, maxFrameBytes), RangeError);
    assert.throws(() => pair.client.reserve(bulk, 64 * 1024 - 4), RangeError);
    assert.notEqual(pair.client.reserve(data, maxFrameBytes - 1), undefined);
    assert.notEqual(pair.client.reserve(bulk, 64 * 1024 - 5), undefined);
  });
}
