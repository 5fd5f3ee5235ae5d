/** When a lane refuses frames, and when it says that it takes some again. */
import assert from "node:assert/strict";
import { encodeFrame } from "../../lib/transport/frame.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import { newLane, send, takeAll, takeSome } from "./lane_fixture.ts";
import { pattern } from "./samples.ts";

const KIB = 1024;

Deno.test("reserve() fills the lane to exactly maxBytes and refuses one byte more", () => {
  const { lane } = newLane({ maxBytes: 1000 });
  for (let i = 0; i < 9; i++) assert.equal(send(lane, 0x20, pattern(95)), true);
  assert.equal(lane.reserve(0x20, 96), undefined);
  assert.equal(lane.queuedBytes, 900);
  assert.equal(send(lane, 0x20, pattern(95)), true);
  assert.equal(lane.queuedBytes, 1000);
  assert.equal(lane.reserve(0x20, 0), undefined);
  assert.equal(lane.frames, 10);
});

Deno.test("queueInPlace() and queueEncoded() fill the lane to exactly maxBytes", () => {
  const { lane } = newLane({ maxBytes: 1000 });
  assert.equal(lane.queueInPlace(0x20, pattern(795), () => {}), true);
  const release = () => assert.fail("a refused payload is not released");
  assert.equal(lane.queueInPlace(0x20, pattern(196), release), false);
  assert.equal(lane.queueInPlace(0x20, pattern(90), () => {}), true);
  assert.equal(lane.queueEncoded(encodeFrame(0x20, pattern(101)), 1), false);
  assert.equal(lane.queueEncoded(encodeFrame(0x20, pattern(100)), 1), true);
  assert.equal(lane.queuedBytes, 1000);
  assert.equal(lane.frames, 3);
});

Deno.test("queueInPlace() and queueEncoded() of large payloads fill the lane to exactly maxBytes", () => {
  const { lane } = newLane({ maxBytes: 100_000 });
  assert.equal(lane.queueInPlace(0x20, pattern(50_000), () => {}), true);
  const release = () => assert.fail("a refused payload is not released");
  assert.equal(lane.queueInPlace(0x20, pattern(50_000), release), false);
  assert.equal(lane.queueEncoded(encodeFrame(0x20, pattern(49_991)), 1), false);
  assert.equal(lane.queueEncoded(encodeFrame(0x20, pattern(49_990)), 1), true);
  assert.equal(lane.queuedBytes, 100_000);
  assert.equal(lane.frames, 2);
});

Deno.test("reserve(), queueInPlace() and queueEncoded() throw a RangeError above maxBytes", () => {
  for (const maxBytes of [1000, 20_000]) {
    const { lane } = newLane({ maxBytes });
    const release = () => assert.fail("a refused payload is not released");
    assert.throws(() => lane.reserve(0x20, maxBytes - 4), RangeError);
    assert.throws(() => lane.queueInPlace(0x20, pattern(maxBytes - 4), release), RangeError);
    assert.throws(() => lane.queueEncoded(pattern(maxBytes + 1), 1), RangeError);
    assert.equal(lane.queuedBytes, 0);
    assert.equal(lane.isWritable, true, "or whoever waits for room waits for ever");
  }
});

Deno.test("reserve() has room again for exactly what was written", () => {
  const { lane } = newLane({ maxBytes: 1000 });
  for (let i = 0; i < 10; i++) send(lane, 0x20, pattern(95));
  takeSome(lane, 50);
  assert.equal(lane.reserve(0x20, 46), undefined);
  assert.equal(send(lane, 0x20, pattern(45)), true);
  assert.equal(lane.queuedBytes, 1000);
});

Deno.test("isWritable is true while at most half of the lane is queued", () => {
  const { lane } = newLane({ maxBytes: 1000 });
  send(lane, 0x20, pattern(495));
  assert.equal(lane.isWritable, true);
  send(lane, 0x20, pattern(0));
  assert.equal(lane.isWritable, false);
  takeSome(lane, 5);
  assert.equal(lane.isWritable, true);
});

Deno.test("isWritable waits for the room that a refused large frame needs", () => {
  const { lane } = newLane({ maxBytes: 1000 });
  send(lane, 0x20, pattern(395));
  assert.equal(lane.isWritable, true);
  assert.equal(lane.reserve(0x20, 800), undefined);
  assert.equal(lane.isWritable, false, "400 are queued, 805 are wanted");
  takeSome(lane, 204);
  assert.equal(lane.isWritable, false);
  takeSome(lane, 1);
  assert.equal(lane.isWritable, true);
  assert.equal(send(lane, 0x20, pattern(800)), true);
});

Deno.test("reserve() refuses when the budget is used up, and onMemory tells when it is not", () => {
  const budget = new MemoryBudget(64 * KIB);
  const { lane, events } = newLane({ budget });
  const held = budget.take(64 * KIB);
  assert.ok(held);
  assert.equal(lane.reserve(0x20, 10), undefined);
  assert.equal(lane.isWritable, false);
  assert.deepEqual(events, []);
  budget.give(held);
  assert.deepEqual(events, ["memory"]);
  assert.equal(lane.isWritable, true);
  assert.equal(send(lane, 0x20, pattern(10)), true);
});

Deno.test("onMemory tells once, however many frames were refused", () => {
  const budget = new MemoryBudget(64 * KIB);
  const { lane, events } = newLane({ budget });
  const held = budget.take(64 * KIB);
  assert.ok(held);
  for (let i = 0; i < 1000; i++) assert.equal(lane.reserve(0x20, 10), undefined);
  budget.give(held);
  assert.equal(events.length, 1);
});

Deno.test("reserve() takes a chunk of 4 KiB after a rest, then larger ones", () => {
  const { lane, budget } = newLane();
  send(lane, 0x20, pattern(10));
  assert.equal(budget.usedBytes, 4 * KIB);
  send(lane, 0x20, pattern(4 * KIB));
  assert.equal(budget.usedBytes, 4 * KIB + 64 * KIB);
  takeAll(lane);
  assert.equal(budget.usedBytes, 0, "a lane at rest holds nothing");
  send(lane, 0x20, pattern(10));
  assert.equal(budget.usedBytes, 4 * KIB);
});

Deno.test("reserve() takes a chunk of 4 KiB after a rest, whatever way was sent last", () => {
  const { lane, budget } = newLane();
  send(lane, 0x20, pattern(10));
  lane.queueEncoded(encodeFrame(0x21, pattern(10)), 1);
  takeAll(lane);
  assert.equal(budget.usedBytes, 0);
  send(lane, 0x20, pattern(10));
  assert.equal(budget.usedBytes, 4 * KIB);
});

Deno.test("reserve() takes a chunk of its size for a frame above 256 KiB", () => {
  const { lane, budget } = newLane();
  send(lane, 0x20, pattern(300 * KIB));
  assert.equal(budget.usedBytes, 512 * KIB);
  takeAll(lane);
  assert.equal(budget.usedBytes, 0);
});

Deno.test("reserve() and queueEncoded() in turn fill the same chunk", () => {
  const { lane, budget } = newLane({ maxBytes: 256 * KIB });
  for (let i = 0; i < 60; i++) {
    send(lane, 0x20, pattern(20));
    lane.queueEncoded(encodeFrame(0x21, pattern(20)), 1);
  }
  assert.equal(lane.queuedBytes, 60 * 2 * 25);
  assert.equal(budget.usedBytes, 4 * KIB, "small frames share a chunk, however they come");
});

Deno.test("reserve() and queueEncoded() fill a chunk to its last byte", () => {
  for (const ways of [["reserve"], ["encoded"], ["reserve", "encoded"], ["encoded", "reserve"]]) {
    const { lane, budget } = newLane();
    for (const way of ways) {
      const payload = pattern(4 * KIB / ways.length - 5);
      if (way === "reserve") send(lane, 0x20, payload);
      else lane.queueEncoded(encodeFrame(0x20, payload), 1);
    }
    assert.equal(lane.queuedBytes, 4 * KIB);
    assert.equal(budget.usedBytes, 4 * KIB, ways.join(" and "));
    send(lane, 0x20, pattern(0));
    assert.equal(budget.usedBytes, 4 * KIB + 64 * KIB);
  }
});

Deno.test("reserve() holds no more than 4 KiB for each large payload that is sent in place", () => {
  const { lane, budget } = newLane();
  for (let i = 0; i < 20; i++) {
    send(lane, 0x20, pattern(20));
    lane.queueInPlace(0x21, pattern(20 * KIB), () => {});
    send(lane, 0x20, pattern(20));
    lane.queueEncoded(encodeFrame(0x21, pattern(20 * KIB)), 1);
  }
  assert.equal(budget.usedBytes, 40 * 4 * KIB);
});
