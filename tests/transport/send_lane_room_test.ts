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
  const release = () => assert.fail("a refused payload is not released");
  assert.equal(lane.queueInPlace(0x20, pattern(996), release), false);
  assert.equal(lane.queueInPlace(0x20, pattern(890), () => {}), true);
  assert.equal(lane.queueEncoded(encodeFrame(0x20, pattern(101)), 1), false);
  assert.equal(lane.queueEncoded(encodeFrame(0x20, pattern(100)), 1), true);
  assert.equal(lane.queuedBytes, 1000);
  assert.equal(lane.frames, 2);
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

Deno.test("isWritable of an empty lane is true, unless a frame above maxBytes is an error", () => {
  const { lane } = newLane({ maxBytes: 1000 });
  try {
    assert.equal(lane.queueEncoded(pattern(1001), 10), false);
  } catch (error) {
    assert.ok(error instanceof RangeError);
  }
  assert.equal(lane.queuedBytes, 0);
  assert.equal(lane.isWritable, true, "or whoever waits for room waits for ever");
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

Deno.test("reserve() and queueEncoded() in turn hold little more memory than the lane may queue", () => {
  const { lane, budget } = newLane({ maxBytes: 256 * KIB });
  for (let i = 0; i < 60; i++) {
    send(lane, 0x20, pattern(20));
    lane.queueEncoded(encodeFrame(0x21, pattern(20)), 1);
  }
  assert.equal(lane.queuedBytes, 60 * 2 * 25);
  assert.ok(
    budget.usedBytes <= 2 * 256 * KIB,
    `${budget.usedBytes} bytes are held for ${lane.queuedBytes} that are queued`,
  );
});
