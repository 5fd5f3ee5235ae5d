import assert from "node:assert/strict";
import fc from "fast-check";
import {
  readEstimate,
  readProbe,
  readProbed,
  readProbeReply,
  readSamples,
  readSequenceOnly,
  readStep,
  samplesBytes,
  writeEstimate,
  writeProbe,
  writeProbed,
  writeProbeReply,
  writeSamples,
  writeSequence,
  writeStep,
} from "../../lib/collect/messages.ts";
import { COLLECT_BYTES, MAX_BATCH, SAMPLES_HEAD_BYTES } from "../../lib/collect/protocol.ts";
import type { FrameView } from "../../lib/transport/frame_view.ts";
import type { FrameWriter } from "../../lib/transport/frame_writer.ts";
import { newLane, takeAll } from "../transport/lane_fixture.ts";
import { viewOf, viewOfFrame } from "../transport/samples.ts";

const time = fc.maxSafeInteger();
const sequence = fc.maxSafeNat();
/** Records as objects of the ordinary kind. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record<T>(model, { noNullPrototype: true });
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });

/** What `write` wrote, as its receiver sees it. */
function written(bytes: number, write: (to: FrameWriter) => void): FrameView {
  const { lane } = newLane();
  const writer = lane.reserve(0x20, bytes);
  assert(writer !== undefined);
  write(writer);
  writer.commit();
  return viewOfFrame(takeAll(lane));
}

/** A message with a fixed length is read as it was written. */
function assertReadsBack<T>(
  bytes: number,
  message: fc.Arbitrary<T>,
  write: (to: FrameWriter, message: T) => void,
  read: (view: FrameView) => T,
): void {
  fc.assert(fc.property(message, (each) => {
    assert.deepEqual(read(written(bytes, (to) => write(to, each))), each);
  }));
}

Deno.test("readProbe() reads what writeProbe() wrote", () => {
  const probe = record({ number: u32, t1: time });
  assertReadsBack(COLLECT_BYTES.probe, probe, writeProbe, readProbe);
});

Deno.test("readProbeReply() reads what writeProbeReply() wrote", () => {
  const reply = record({ number: u32, serverSteps: u32, t1: time, t2: time, t3: time });
  assertReadsBack(COLLECT_BYTES.probeReply, reply, writeProbeReply, readProbeReply);
});

Deno.test("readProbed() reads what writeProbed() wrote", () => {
  const times = { t1: time, t2: time, t3: time, t4: time };
  const probe = record({ clientSteps: u32, serverSteps: u32, ...times });
  assertReadsBack(COLLECT_BYTES.probed, probe, writeProbed, readProbed);
});

Deno.test("readEstimate() reads what writeEstimate() wrote", () => {
  const notice = record({
    atUs: time,
    offsetUs: time,
    boundUs: time,
    frequencyPpb: time,
    isQuiet: fc.boolean(),
  });
  assertReadsBack(COLLECT_BYTES.estimate, notice, writeEstimate, readEstimate);
});

Deno.test("readStep() reads what writeStep() wrote", () => {
  const step = record({
    clientSteps: u32,
    wallUs: time,
    sizeUs: time,
    errorUs: sequence,
    withinUs: sequence,
    mayBeSuspend: fc.boolean(),
  });
  assertReadsBack(COLLECT_BYTES.step, step, writeStep, readStep);
});

Deno.test("readSequenceOnly() reads what writeSequence() wrote, and nothing below 0", () => {
  assertReadsBack(COLLECT_BYTES.ack, sequence, writeSequence, readSequenceOnly);
  const below = written(COLLECT_BYTES.ack, (to) => writeSequence(to, -1));
  assert.throws(() => readSequenceOnly(below), { code: "bad-message" });
});

Deno.test("readSamples() reads what writeSamples() wrote, from one time to the most", () => {
  const samples = record({
    previousSequence: fc.nat(),
    gap: fc.integer({ min: 1, max: 1000 }),
    clientSteps: u32,
    times: fc.array(time, { minLength: 1, maxLength: 50 }),
  });
  fc.assert(fc.property(samples, ({ previousSequence, gap, clientSteps, times }) => {
    const message = {
      previousSequence,
      firstSequence: previousSequence + gap,
      clientSteps,
      timesUs: Float64Array.from(times, (each) => each + 0),
    };
    const view = written(samplesBytes(times.length), (to) => writeSamples(to, message));
    const read = readSamples(view);
    assert.deepEqual([...read.timesUs], [...message.timesUs]);
    assert.deepEqual({ ...read, timesUs: 0 }, { ...message, timesUs: 0 });
  }));
  const most = {
    previousSequence: 0,
    firstSequence: 1,
    clientSteps: 0,
    timesUs: new Float64Array(MAX_BATCH).map((_, i) => i - 2 ** 40),
  };
  const view = written(samplesBytes(MAX_BATCH), (to) => writeSamples(to, most));
  assert.deepEqual(readSamples(view), most);
});

Deno.test("readSamples() refuses parts of a time, and sequences that do not grow", () => {
  const refused = (bytes: Uint8Array) =>
    assert.throws(() => readSamples(viewOf(bytes)), { code: "bad-message" });
  const good = new Uint8Array(SAMPLES_HEAD_BYTES + 8);
  good[15] = 1;
  assert.equal(readSamples(viewOf(good)).firstSequence, 1);
  refused(good.subarray(0, -1));
  refused(new Uint8Array(SAMPLES_HEAD_BYTES + 8));
  const early = good.slice();
  early[7] = 1;
  refused(early);
  const negative = good.slice();
  negative[0] = 0xff;
  refused(negative);
  const endless = good.slice();
  endless.set([0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 8);
  refused(endless);
});
