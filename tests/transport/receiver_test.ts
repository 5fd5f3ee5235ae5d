import assert from "node:assert/strict";
import { encodeFrame } from "../../lib/transport/frame.ts";
import { FrameDecoder } from "../../lib/transport/frame_decoder.ts";
import { lingerAndClose } from "../../lib/transport/linger.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import { Receiver } from "../../lib/transport/receiver.ts";
import { ScriptedStream } from "./scripted_stream.ts";

/** Delivers `reads`, and notes in `order` when it is asked to give way. */
function wayStream(reads: readonly Uint8Array[], order: string[]) {
  return Object.assign(new ScriptedStream(reads.map((bytes) => ({ bytes }))), {
    async giveWay() {
      order.push("way");
      await Promise.resolve();
      order.push("on");
    },
  });
}

const frame = (size: number) => encodeFrame(0x20, new Uint8Array(size));

/** Says in which order a receiver handles frames, gives way and reads on. */
async function orderOf(reads: readonly Uint8Array[]): Promise<string[]> {
  const order: string[] = [];
  const stream = wayStream(reads, order);
  const budget = new MemoryBudget(1024 * 1024);
  const decoder = new FrameDecoder({ maxFrameBytes: 64 * 1024, budget });
  const receiver = new Receiver({
    ...{ stream, decoder, budget, clock: stream.clock, maxFramesPerSecond: Infinity },
    ...{ onOther: () => {}, onBatch: () => {} },
    onError({ code }) {
      order.push(code);
      receiver.discard();
    },
  });
  await receiver.run([({ length }) => void order.push(`frame of ${length}`)]);
  decoder.release();
  return order;
}

Deno.test("Receiver gives way after it has handled what came, so that no answer waits for that", async () => {
  assert.deepEqual(await orderOf([frame(5000), frame(6000)]), [
    ...["frame of 5000", "way", "on"],
    ...["frame of 6000", "way", "on"],
  ]);
});

Deno.test("Receiver gives no way to others when little comes", async () => {
  assert.deepEqual(await orderOf([frame(4000), frame(100)]), ["frame of 4000", "frame of 100"]);
});

Deno.test("Receiver gives way also for what it forgets, in however small parts that comes", async () => {
  const empty = Uint8Array.of(0, 0, 0, 0);
  assert.deepEqual(await orderOf([frame(10), empty, frame(20), frame(30)]), [
    ...["frame of 10", "frame-empty", "way", "on", "way", "on"],
  ]);
});

Deno.test("lingerAndClose() gives way after each read", async () => {
  const order: string[] = [];
  const stream = wayStream([frame(10), frame(20)], order);
  await lingerAndClose(stream, stream.clock);
  assert.deepEqual(order, ["way", "on", "way", "on"]);
});
