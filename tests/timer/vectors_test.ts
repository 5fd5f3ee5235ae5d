/** Every vector of `tests/vectors/timer.json`: ids, messages, and what a server answers. */
import assert from "node:assert/strict";
import { answerRequests } from "../../lib/timer/answer_requests.ts";
import { readSequence, runIdFrom, writeMessageId } from "../../lib/timer/message_id.ts";
import { StopWatch } from "../../lib/timer/stop_watch.ts";
import { TIMER_PORT } from "../../lib/timer/port.ts";
import { timerService, UUID_BYTES } from "../../lib/timer/protocol.ts";
import { Connection } from "../../lib/transport/connection.ts";
import { encodeFrame } from "../../lib/transport/frame.ts";
import type { FrameView } from "../../lib/transport/frame_view.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import { SendLane } from "../../lib/transport/send_lane.ts";
import { viewOfFrame } from "../transport/samples.ts";
import { ScriptedStream } from "../transport/scripted_stream.ts";
import {
  decodeHex,
  encodeHex,
  named,
  newDecoder,
  TIMER,
  TIMER_EXCHANGES,
  TIMER_FRAMES,
} from "../transport/vectors.ts";

const { request, reply, stopped, leaving } = timerService.kinds;

/** A REQUEST as `ping` writes it. */
function writtenRequest(random: string, sequence: number): Uint8Array {
  const lane = new SendLane({
    maxBytes: 1024,
    maxPayloadBytes: 1024,
    budget: new MemoryBudget(64 * 1024),
    onFrames() {},
    onMemory() {},
  });
  const writer = lane.reserve(request.code, UUID_BYTES);
  assert.ok(writer !== undefined);
  writeMessageId(writer, runIdFrom(decodeHex(random)), sequence);
  writer.commit();
  const part = lane.peek();
  assert.ok(part !== undefined);
  return part.chunk.bytes.slice(0, part.length);
}

for (const { random, sequence, uuid } of TIMER.ids) {
  Deno.test(`writeMessageId() gives vector ${uuid}`, () => {
    const frame = writtenRequest(random, sequence);
    assert.equal(encodeHex(frame.subarray(5)), uuid);
    assert.equal(readSequence(viewOfFrame(frame), runIdFrom(decodeHex(random))), sequence);
    assert.match(uuid, /^.{12}8.{3}[89ab]/, "version 8 and variant 10 of RFC 9562");
  });
}

/** What a frame of each kind says. */
const READ: Readonly<Record<number, (view: FrameView) => Record<string, unknown>>> = {
  [request.code]: (view) => ({ uuid: uuidOf(view), paddingBytes: view.length - UUID_BYTES }),
  [reply.code]: (view) => ({ uuid: uuidOf(view), gapNs: `${view.getSafeInt64(UUID_BYTES)}` }),
  [stopped.code]: (view) => ({ stoppedNs: `${view.getSafeInt64(0)}` }),
  [leaving.code]: () => ({}),
};

function uuidOf(view: FrameView): string {
  return encodeHex(view.copy(0, UUID_BYTES));
}

for (const { name, kind, payload, frame, value } of TIMER_FRAMES) {
  Deno.test(`timerService understands vector ${name}`, () => {
    const bytes = encodeFrame(kind, decodeHex(payload));
    assert.equal(encodeHex(bytes), frame);
    const view = viewOfFrame(bytes);
    const known = Object.values(timerService.kinds).find(({ code }) => code === kind);
    assert.ok(known !== undefined);
    assert.ok(view.length >= known.minBytes && view.length <= known.maxBytes);
    assert.deepEqual(READ[kind]?.(view), value);
  });
}

for (const { name, openNs, steps } of TIMER_EXCHANGES) {
  Deno.test(`answerRequests() gives the answers of exchange "${name}"`, async () => {
    const frameOf = (vector: string) => decodeHex(named(TIMER_FRAMES, vector).frame);
    const stream = new ScriptedStream(
      steps.flatMap((step) =>
        step.request === undefined ? [] : [{ atNs: step.atNs, bytes: frameOf(step.request) }]
      ),
    );
    const { heartbeatMs, maxFrameBytes, bulkCreditBytes } = timerService;
    const connection = new Connection({
      stream,
      decoder: newDecoder(4096),
      service: timerService,
      terms: {
        clientId: "ada",
        tokenName: "",
        session: "00".repeat(16),
        resumed: false,
        highestSequence: 0n,
        heartbeatMs,
        maxFrameBytes,
        bulkCreditBytes,
      },
      clock: stream.clock,
      budget: new MemoryBudget(1024 * 1024),
    });
    const stopWatch = new StopWatch(openNs);
    const answer = answerRequests(connection, stream.clock, stopWatch);
    const ahead = [...steps];
    connection.start({
      request(view) {
        // The clock of the script runs no timers: what the server looked at meanwhile is told here.
        for (let step = ahead.shift(); step?.request === undefined; step = ahead.shift()) {
          assert.ok(step !== undefined, "a request that is in no step");
          stopWatch.alive(step.atNs);
        }
        answer(view);
      },
    });
    await connection.closed;
    assert.deepEqual(ahead, []);
    const answers = steps.flatMap((step) => step.answers ?? []).map(frameOf);
    assert.equal(encodeHex(stream.written), answers.map(encodeHex).join(""));
  });
}

Deno.test("TIMER_PORT is the one of the specification", () => {
  assert.equal(TIMER_PORT, 47_945);
});
