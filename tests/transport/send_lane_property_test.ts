/** A lane against its plain model: the list of the frames that it accepted, joined. */
import fc from "fast-check";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { encodeFrame } from "../../lib/transport/frame.ts";
import type { SendLane } from "../../lib/transport/send_lane.ts";
import { newLane, takeSome } from "./lane_fixture.ts";
import { concat, PlainDecoder } from "./plain_decoder.ts";
import { pattern } from "./samples.ts";

const MAX_BYTES = 200_000;
const MAX_PAYLOAD_BYTES = 100_000;
/** Shorter payloads are copied when they are queued in place. */
const MIN_BYTES_IN_PLACE = 16 * 1024;

type Step =
  | { readonly type: "send"; readonly size: number; readonly spare: number }
  | { readonly type: "abandon"; readonly size: number }
  | { readonly type: "in place"; readonly size: number }
  | { readonly type: "encoded"; readonly sizes: readonly number[] }
  | { readonly type: "write"; readonly mostBytes: number };

const size = fc.oneof(
  { weight: 6, arbitrary: fc.nat(200) },
  { weight: 2, arbitrary: fc.nat(10_000) },
  { weight: 2, arbitrary: fc.nat(MAX_PAYLOAD_BYTES) },
);

function literal<const T extends string>(type: T): fc.Arbitrary<T> {
  return fc.constant(type);
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: literal("send"), size, spare: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ type: literal("abandon"), size }) },
  { weight: 2, arbitrary: fc.record({ type: literal("in place"), size }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: literal("encoded"),
      sizes: fc.array(fc.oneof(fc.nat(300), fc.nat(9000)), { maxLength: 5 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: literal("write"),
      mostBytes: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 300_000 })),
    }),
  },
);

/** What went in and what came out. */
class Model {
  readonly accepted: Uint8Array[] = [];
  readonly taken: Uint8Array[] = [];
  acceptedBytes = 0;
  takenBytes = 0;
  frames = 0;
  /** Ends, in the stream, of the payloads that are sent in place; 0 for those that are copied. */
  readonly inPlaceEnds: number[] = [];
  released = 0;

  accept(bytes: Uint8Array, frames: number): void {
    this.accepted.push(bytes);
    this.acceptedBytes += bytes.length;
    this.frames += frames;
  }

  take(bytes: Uint8Array): void {
    this.taken.push(bytes);
    this.takenBytes += bytes.length;
  }

  /** Whether a frame of so many bytes on the wire must be accepted. */
  hasRoom(wireBytes: number): boolean {
    return this.acceptedBytes - this.takenBytes + wireBytes <= MAX_BYTES;
  }
}

function run(lane: SendLane, model: Model, step: Step, index: number): void {
  const kind = 0x20 + index % 0x60;
  switch (step.type) {
    case "send": {
      const writer = lane.reserve(kind, step.size);
      assert.equal(writer !== undefined, model.hasRoom(5 + step.size));
      if (writer === undefined) return;
      const used = Math.max(0, step.size - step.spare);
      writer.set(pattern(step.size, index));
      writer.commit(used);
      return model.accept(encodeFrame(kind, pattern(step.size, index).subarray(0, used)), 1);
    }
    case "abandon": {
      assert.equal(lane.reserve(kind, step.size) !== undefined, model.hasRoom(5 + step.size));
      return;
    }
    case "in place": {
      const payload = pattern(step.size, index);
      const queued = lane.queueInPlace(kind, payload, () => model.released++);
      assert.equal(queued, model.hasRoom(5 + step.size));
      if (!queued) return;
      model.accept(encodeFrame(kind, payload), 1);
      const isCopied = step.size < MIN_BYTES_IN_PLACE;
      model.inPlaceEnds.push(isCopied ? 0 : model.acceptedBytes);
      if (isCopied) payload.fill(0);
      return;
    }
    case "encoded": {
      const frames = step.sizes.map((size, i) => encodeFrame(kind, pattern(size, index + i)));
      const bytes = concat(frames);
      const queued = lane.queueEncoded(bytes, frames.length);
      assert.equal(queued, model.hasRoom(bytes.length));
      if (queued) model.accept(bytes, frames.length);
      return;
    }
    case "write":
      return model.take(takeSome(lane, step.mostBytes) ?? new Uint8Array(0));
  }
}

function check(lane: SendLane, model: Model): void {
  assert.equal(lane.queuedBytes, model.acceptedBytes - model.takenBytes);
  assert.equal(lane.frames, model.frames);
  assert.equal(model.released, model.inPlaceEnds.filter((end) => end <= model.takenBytes).length);
}

Deno.test("peek() and sent() reproduce the frames of any mix of ways to queue them", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { lane, budget } = newLane({
        maxBytes: MAX_BYTES,
        maxPayloadBytes: MAX_PAYLOAD_BYTES,
      });
      const model = new Model();
      for (const [index, step] of steps.entries()) {
        run(lane, model, step, index);
        check(lane, model);
      }
      for (let bytes = takeSome(lane, 50_000); bytes; bytes = takeSome(lane, 50_000)) {
        model.take(bytes);
        check(lane, model);
      }
      assert.equal(Buffer.compare(concat(model.taken), concat(model.accepted)), 0);
      lane.clear();
      assert.equal(budget.usedBytes, 0);
    }),
    { numRuns: 300 },
  );
});

Deno.test("clear() gives everything back after any mix of ways to queue frames", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { lane, budget } = newLane({
        maxBytes: MAX_BYTES,
        maxPayloadBytes: MAX_PAYLOAD_BYTES,
      });
      const model = new Model();
      for (const [index, step] of steps.entries()) run(lane, model, step, index);
      lane.clear();
      assert.equal(budget.usedBytes, 0);
      assert.equal(model.released, model.inPlaceEnds.length);
      assert.equal(lane.queuedBytes, 0);
    }),
    { numRuns: 200 },
  );
});

Deno.test("peekWithin() gives the longest run of whole frames within its limit", () => {
  const bulkSizes = fc.array(fc.oneof(fc.nat(200), fc.nat(65_531)), {
    minLength: 1,
    maxLength: 12,
  });
  const limits = fc.array(fc.nat(200_000), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(bulkSizes, limits, fc.integer({ min: 1, max: 70_000 }), (sizes, limits, write) => {
      const { lane } = newLane();
      for (const [index, size] of sizes.entries()) {
        const writer = lane.reserve(0x20, size);
        writer?.set(pattern(size, index));
        writer?.commit();
      }
      const taken: Uint8Array[] = [];
      for (let i = 0; lane.queuedBytes > 0; i++) {
        const limit = i % 2 === 0 ? limits[i % limits.length] as number : 65_536;
        const part = lane.peekWithin(limit);
        const next = lane.peek();
        assert.ok(next);
        const data = new DataView(next.chunk.bytes.buffer, next.chunk.bytes.byteOffset);
        const frameAfter = next.chunk.sent + (part?.length ?? 0);
        if (frameAfter < next.chunk.end) {
          const longer = (part?.length ?? 0) + 4 + data.getUint32(frameAfter);
          assert.ok(longer > Math.min(limit, 65_536), "one more frame would have fitted");
        }
        if (part === undefined) continue;
        assert.ok(part.length <= Math.min(limit, 65_536));
        const { chunk, length } = part;
        const end = chunk.sent + length;
        const twin = new PlainDecoder(65_536);
        twin.push(chunk.bytes.subarray(chunk.sent, end));
        while (twin.next() !== undefined);
        assert.equal(twin.pendingBytes, 0, "a part ends on a frame");
        while (chunk.sent < end) {
          const count = Math.min(write, end - chunk.sent);
          taken.push(chunk.bytes.slice(chunk.sent, chunk.sent + count));
          lane.sent(count);
        }
      }
      const expected = sizes.map((size, index) => encodeFrame(0x20, pattern(size, index)));
      assert.equal(Buffer.compare(concat(taken), concat(expected)), 0);
    }),
    { numRuns: 150 },
  );
});
