/** What the server is made of, as far as nobody else shows it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import { fitReply } from "../../../lib/chat/server/fit_reply.ts";
import { LineRing } from "../../../lib/chat/server/line_ring.ts";
import { RingShelf } from "../../../lib/chat/server/ring_shelf.ts";
import { Shutdown } from "../../../lib/chat/server/shutdown.ts";
import { MemoryChatStore } from "../../../lib/chat/store/memory_chat_store.ts";
import { ChatWorld } from "../chat_world.ts";
import { Turns } from "../../../lib/chat/server/turns.ts";
import type { StoredLine } from "../../../lib/chat/store/chat_store.ts";

function lineOf(id: number, letters = 1): StoredLine {
  return { id, timeUs: 0, author: 1, nick: "ada", text: "x".repeat(letters) };
}

Deno.test("LineRing has all lines after an id, or says that it has not", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 4096 }), { maxLength: 600 }),
    fc.nat(1000),
    fc.nat(700),
    (sizes, before, back) => {
      const ring = new LineRing();
      for (const [at, size] of sizes.entries()) ring.push(lineOf(before + at + 1, size));
      const last = before + sizes.length;
      const after = Math.max(0, last - back);
      const lines = ring.after(after);
      if (lines === undefined) return assert(back > 0 || sizes.length === 0);
      const wanted = Array.from({ length: last - after }, (_, at) => after + at + 1);
      assert.deepEqual(lines.map(({ id }) => id), wanted);
    },
  ));
});

Deno.test("LineRing keeps no more than 256 lines, or 64 Ki letters", () => {
  const ring = new LineRing();
  for (let id = 1; id <= 10_000; id++) ring.push(lineOf(id));
  assert.equal(ring.after(10_000 - 256)?.length, 256);
  assert.equal(ring.after(10_000 - 257), undefined);
  for (let id = 10_001; id <= 10_100; id++) ring.push(lineOf(id, 4096));
  assert.equal(ring.after(10_100 - 16)?.length, 16);
  assert.equal(ring.after(10_100 - 17), undefined);
});

Deno.test("Hall lets nobody open rooms without end", async () => {
  const store = new MemoryChatStore("0123456789abcdef");
  const { load } = store;
  store.load = async () => {
    const rooms = Array.from({ length: 99_999 }, (_, at) => ({ room: `#r${at}`, last: 1 }));
    return { ...await load.call(store), rooms };
  };
  await using world = await ChatWorld.create({ store });
  const ada = await world.member("ada");
  for (const room of ["#last", "#one-more", "#r7", "#last"]) await ada.join(room);
  assert.deepEqual(ada.seen.rooms.map(({ room }) => room), ["#last", "#r7", "#last"]);
  const [notice] = ada.seen.notices;
  assert.equal(notice?.code, "room-refused");
  assert.equal(notice?.message, "Cannot open #one-more: there are 100000 rooms already");
});

Deno.test("RingShelf empties the rings without news when all are too much together", () => {
  const shelf = new RingShelf(10_000);
  const [old, quiet, busy] = [new LineRing(), new LineRing(), new LineRing()];
  const say = (ring: LineRing, id: number) => {
    ring.push(lineOf(id, 1000)); // 2200 bytes
    shelf.grown(ring);
  };
  for (const ring of [old, quiet, old]) {
    say(ring, ring === quiet ? 1 : (ring.after(0)?.length ?? 0) + 1);
  }
  say(busy, 1);
  assert.equal(shelf.bytes, 8800);
  say(busy, 2);
  assert.equal(quiet.after(0), undefined, "nothing was said there since the others");
  assert.equal(old.after(0)?.length, 2);
  assert.equal(shelf.bytes, 8800);
  for (let id = 3; id <= 20; id++) say(busy, id);
  assert.equal(old.after(0), undefined);
  assert.equal(busy.after(0)?.length, 20, "the one that is in use is bounded by itself");
  assert.equal(shelf.bytes, 44_000);
  shelf.clear(busy);
  assert.equal(shelf.bytes, 0);
});

Deno.test("RingShelf counts what rings hold, through all that is said", () => {
  const step = fc.record({ ring: fc.nat(4), letters: fc.integer({ min: 1, max: 4096 }) });
  fc.assert(fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
    const shelf = new RingShelf(100_000);
    const rings = Array.from({ length: 5 }, () => new LineRing());
    const ids = rings.map(() => 0);
    for (const { ring, letters } of steps) {
      rings[ring]!.push(lineOf(ids[ring]! += 1, letters));
      shelf.grown(rings[ring]!);
      assert.equal(shelf.bytes, rings.reduce((sum, { bytes }) => sum + bytes, 0));
      assert(shelf.bytes <= 100_000 || shelf.bytes === rings[ring]!.bytes);
    }
  }));
});

Deno.test("Turns runs one after the other, in order, whatever fails", async () => {
  const turns = new Turns();
  const log: string[] = [];
  const work = (name: string, isFailing = false) =>
    turns.run(async () => {
      log.push(`${name} begins`);
      await Promise.resolve();
      log.push(`${name} ends`);
      if (isFailing) throw new Error(name);
      return name;
    });
  const all = Promise.allSettled([work("a"), work("b", true), work("c")]);
  assert.deepEqual([log, turns.size], [["a begins"], 3]);
  assert.deepEqual((await all).map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  const wanted = ["a", "b", "c"].flatMap((name) => [`${name} begins`, `${name} ends`]);
  assert.deepEqual(log, wanted);
  await Promise.resolve();
  assert.equal(turns.size, 0);
  assert.equal(await work("d"), "d");
});

Deno.test("fitReply() leaves a reply that fits as it is, and cuts one that does not", () => {
  const small = { command: "!list", isDone: true, lines: ["a"], data: { a: 1 } };
  assert.equal(fitReply(small), small);
  const lines = Array.from({ length: 9000 }, (_, at) => `${at} ${"é".repeat(100)}`);
  const cut = fitReply({ command: "!list", isDone: true, lines, data: lines });
  assert(new TextEncoder().encode(JSON.stringify(cut)).length < 1_000_000);
  assert.equal(cut.lines[1], lines[1]);
  assert.match(cut.lines.at(-1) ?? "", /^\(\d+ more lines left out\)$/);
  assert.equal("data" in cut, false);
});

Deno.test("Shutdown ends when it was said last, and keeps the door open until a minute before", async () => {
  const clock = new FakeClock();
  using shutdown = new Shutdown(clock);
  let ended: string | undefined;
  shutdown.ended.then((reason) => ended = reason);
  assert.deepEqual([shutdown.notice, shutdown.isNear], [undefined, false]);
  const notice = shutdown.plan(3_600_000, "new disk");
  assert.equal(notice.message, "The server goes down in 1 h 00 min: new disk");
  shutdown.plan(600_000, "");
  await clock.advance(500_000);
  assert.equal(shutdown.isNear, false);
  assert.equal(shutdown.notice?.inMs, 100_000);
  await clock.advance(40_000);
  assert.equal(shutdown.isNear, true);
  await clock.advance(59_999);
  assert.equal(ended, undefined);
  await clock.advance(1);
  assert.equal(ended, "");
});
