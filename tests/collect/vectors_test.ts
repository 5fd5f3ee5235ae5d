/** Every vector of `tests/vectors/collect.json`: frames both ways, exchanges, and what is refused. */
import assert from "node:assert/strict";
import type { Clock } from "../../lib/clock/clock.ts";
import { settle } from "../../lib/clock/fake_clock.ts";
import { CollectServer } from "../../lib/collect/collect_server.ts";
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
import { COLLECT_PORT } from "../../lib/collect/port.ts";
import { COLLECT_BYTES, collectService } from "../../lib/collect/protocol.ts";
import { type Sample, SampleSender } from "../../lib/collect/sample_sender.ts";
import { MemoryStore } from "../../lib/collect/store/memory_store.ts";
import type { CloseReport } from "../../lib/transport/close_report.ts";
import { Connection } from "../../lib/transport/connection.ts";
import { encodeFrame, HEAD_BYTES, Kind as LineKind } from "../../lib/transport/frame.ts";
import type { FrameView } from "../../lib/transport/frame_view.ts";
import type { FrameWriter } from "../../lib/transport/frame_writer.ts";
import { decodeError } from "../../lib/transport/handshake_messages.ts";
import type { LineError } from "../../lib/transport/line_error.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import type { Kind } from "../../lib/transport/service.ts";
import { MemoryState } from "../../lib/transport/session/session_state.ts";
import { decode } from "../transport/feed.ts";
import { newLane, takeAll } from "../transport/lane_fixture.ts";
import { viewOfFrame } from "../transport/samples.ts";
import { ScriptedStream } from "../transport/scripted_stream.ts";
import {
  COLLECT_EXCHANGES,
  COLLECT_FRAMES,
  COLLECT_REFUSED,
  COLLECT_TOLERATED,
  type CollectStream,
  decodeHex,
  encodeHex,
  named,
  newDecoder,
  streamBytes,
} from "../transport/vectors.ts";

const { kinds } = collectService;
type Kinds = typeof kinds;

/** What a kind says, and how that becomes bytes. */
interface Form {
  read(view: FrameView): unknown;
  /** Payload. */
  bytes(value: unknown): Uint8Array;
}

function form<T>(
  read: (view: FrameView) => T,
  write: (to: FrameWriter, value: T) => void,
  size: number | ((value: T) => number),
): Form {
  return {
    read,
    bytes(value) {
      const { lane } = newLane();
      const writer = lane.reserve(0x20, typeof size === "number" ? size : size(value as T));
      assert.ok(writer !== undefined);
      write(writer, value as T);
      writer.commit();
      return takeAll(lane).subarray(HEAD_BYTES);
    },
  };
}

/** A kind that is JSON. */
function document<T>(kind: Kind<T>): Form {
  return { read: (view) => kind.decode(view), bytes: (value) => kind.encode(value as T) };
}

const sequence = (bytes: number) =>
  form(
    (view) => ({ sequence: readSequenceOnly(view) }),
    (to, value) => writeSequence(to, value.sequence),
    bytes,
  );

const FORMS: Readonly<Record<number, Form>> = {
  [kinds.samples.code]: form(
    (view) => {
      const samples = readSamples(view);
      return { ...samples, timesUs: [...samples.timesUs] };
    },
    (to, value) => writeSamples(to, { ...value, timesUs: Float64Array.from(value.timesUs) }),
    ({ timesUs }) => samplesBytes(timesUs.length),
  ),
  [kinds.ack.code]: sequence(COLLECT_BYTES.ack),
  [kinds.probe.code]: form(readProbe, writeProbe, COLLECT_BYTES.probe),
  [kinds.probeReply.code]: form(readProbeReply, writeProbeReply, COLLECT_BYTES.probeReply),
  [kinds.probed.code]: form(readProbed, writeProbed, COLLECT_BYTES.probed),
  [kinds.estimate.code]: form(readEstimate, writeEstimate, COLLECT_BYTES.estimate),
  [kinds.step.code]: form(readStep, writeStep, COLLECT_BYTES.step),
  [kinds.end.code]: sequence(COLLECT_BYTES.end),
  [kinds.report.code]: document(kinds.report),
  [kinds.reported.code]: document(kinds.reported),
};

function formOf(kind: number): Form {
  return FORMS[kind] ?? assert.fail(`kind ${kind} has no form`);
}

function frameOf(name: string): Uint8Array<ArrayBuffer> {
  return decodeHex(named(COLLECT_FRAMES, name).frame);
}

for (const { name, kind, payload, frame, value, canonical = true } of COLLECT_FRAMES) {
  Deno.test(`messages of collect are read as vector ${name} says`, () => {
    const bytes = encodeFrame(kind, decodeHex(payload));
    assert.equal(encodeHex(bytes), frame);
    const view = viewOfFrame(bytes);
    const known = Object.values(kinds).find(({ code }) => code === kind);
    assert.ok(known !== undefined);
    assert.ok(view.length >= known.minBytes && view.length <= known.maxBytes);
    assert.deepEqual(formOf(kind).read(view), value);
  });
  if (!canonical) continue;
  Deno.test(`messages of collect are written as vector ${name} says`, () => {
    assert.equal(encodeHex(encodeFrame(kind, formOf(kind).bytes(value))), frame);
  });
}

const SESSION = "5e".repeat(16);

function connectionOn(
  stream: ScriptedStream,
  clock: Clock,
  highestSequence = 0,
): Connection<Kinds> {
  const { heartbeatMs, maxFrameBytes, bulkCreditBytes } = collectService;
  return new Connection({
    stream,
    decoder: newDecoder(),
    service: collectService,
    terms: {
      clientId: "ada",
      tokenName: "",
      session: SESSION,
      resumed: highestSequence > 0,
      highestSequence: BigInt(highestSequence),
      heartbeatMs,
      maxFrameBytes,
      bulkCreditBytes,
    },
    clock,
    budget: new MemoryBudget(4 * 1024 * 1024),
  });
}

async function newStore(): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.open(SESSION, new Uint8Array(32), { clientId: "ada", tokenName: "" });
  return store;
}

/** A server of one client that reads `stream`. */
async function gather(
  stream: ScriptedStream,
  store: MemoryStore,
  clock: Clock,
  highestSequence = 0,
): Promise<CloseReport> {
  const connection = connectionOn(stream, clock, highestSequence);
  using server = new CollectServer(clock, store, (error) => assert.fail(String(error)));
  connection.start(server.join(connection));
  return await connection.closed;
}

for (const { name, highestSequence, steps, after } of COLLECT_EXCHANGES) {
  Deno.test(`CollectServer gives the answers of exchange "${name}"`, async () => {
    const store = await newStore();
    if (highestSequence > 0) {
      const { firstSequence, timesUs } = readSamples(viewOfFrame(frameOf("samples")));
      await store.append({
        ...{ session: SESSION, firstSequence, timesUs, receivedUs: 0, correction: undefined },
      });
    }
    const startUs = steps[0]?.atUs ?? 0;
    const stream = new ScriptedStream(
      steps.map(({ atUs, receives }) => ({
        atNs: (atUs - startUs) * 1000,
        bytes: frameOf(receives),
      })),
    );
    const clock = { ...stream.clock, wallUs: () => startUs + stream.clock.wallUs() };
    await gather(stream, store, clock, highestSequence);
    const answers = steps.flatMap(({ sends }) => sends).map((each) => named(COLLECT_FRAMES, each));
    assert.equal(encodeHex(stream.written), answers.map(({ frame }) => frame).join(""));
    const session = (await store.report())[0]?.sessions[0];
    assert.ok(session !== undefined);
    const { sent, stored, equal, lost, repeated, isTailKnown } = session;
    assert.deepEqual(
      { sent, stored, equal, lost, repeated, steps: session.steps.length, isTailKnown },
      after,
    );
  });
}

/** A client that has sent samples 1 to 3, and reads `stream` then. */
async function send(stream: ScriptedStream): Promise<CloseReport> {
  const connection = connectionOn(stream, stream.clock);
  const state = new MemoryState<Sample>();
  const sender = new SampleSender(stream.clock, state);
  for (let i = 0; i < 3; i++) sender.sample();
  connection.start(sender.handlersFor(connection));
  sender.ready(connection, () => {});
  assert.equal(sender.send(connection, state.outbox), "sent");
  return await connection.closed;
}

/** What becomes of a side that reads the stream of a vector, and what it writes. */
async function run({ at, stream: parts, commits = true }: CollectStream) {
  const stream = new ScriptedStream([{ bytes: streamBytes(parts) }]);
  const store = await newStore();
  if (!commits) store.append = () => new Promise(() => {});
  const report = at === "client" ? await send(stream) : await gather(stream, store, stream.clock);
  await settle();
  let told: LineError | undefined;
  const { frames } = decode(newDecoder(), [stream.written], {
    onFrame(view) {
      if (view.kind === LineKind.Error) told = decodeError(view);
    },
  });
  return { report, told, isErrorLast: frames.at(-1)?.kind === LineKind.Error };
}

for (const vector of COLLECT_REFUSED) {
  Deno.test(`collect refuses with ${vector.code} at a ${vector.name}`, async () => {
    const { report, told, isErrorLast } = await run(vector);
    assert.equal(report.by, "here");
    assert.equal(report.code, vector.code);
    assert.equal(told?.code, vector.code);
    assert.ok(isErrorLast, "ERROR comes last");
  });
}

for (const vector of COLLECT_TOLERATED) {
  Deno.test(`collect takes at a ${vector.name}`, async () => {
    const { report, told } = await run(vector);
    assert.notEqual(report.by, "here", report.message);
    assert.equal(told, undefined);
  });
}

Deno.test("COLLECT_PORT is the one of the specification", () => {
  assert.equal(COLLECT_PORT, 7777);
});
