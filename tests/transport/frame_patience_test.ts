import assert from "node:assert/strict";
import { FramePatience } from "../../lib/transport/frame_patience.ts";

const MIB = 2 ** 20;

/** What it says at each tick, when so many bytes came before it. */
function ticks(cameBytes: readonly number[], heldBytes: number, isScarce: boolean): boolean[] {
  const patience = new FramePatience();
  let receivedBytes = 0;
  return cameBytes.map((bytes) => patience.tick(receivedBytes += bytes, heldBytes, isScarce));
}

Deno.test("FramePatience gives up a frame that drips while memory is scarce, at the second tick", () => {
  assert.deepEqual(ticks([1, 1, 1], MIB, true), [false, true, true]);
});

Deno.test("FramePatience waits for ever while there is memory", () => {
  assert.deepEqual(ticks(Array(100).fill(1), MIB, false), Array(100).fill(false));
});

Deno.test("FramePatience keeps a frame that gets a sixteenth of its buffer every other heartbeat", () => {
  assert.deepEqual(ticks([1, MIB / 16, 1, MIB / 16, 0], MIB, true), Array(5).fill(false));
  assert.deepEqual(ticks([MIB / 16 - 1, MIB / 16 - 1], MIB, true), [false, true]);
});

Deno.test("FramePatience leaves alone who holds nothing", () => {
  assert.deepEqual(ticks([0, 0, 0, 0], 0, true), Array(4).fill(false));
});
