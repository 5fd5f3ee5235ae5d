/** Every vector of `tests/vectors/timer.json`: ids, messages, and what a server answers. */
import assert from "node:assert/strict";
import { answerRequests } from "../../lib/timer/answer_requests.ts";
import { readSequence, runIdFrom, writeMessageId } from "../../lib/timer/message_id.ts";
import { StopWatch } from "../../lib/timer/stop_watch.ts";
import { TIMER_PORT } from "../../lib/timer/port.ts";
import { timerService, UUID_BYTES } from "../../lib/timer/protocol.ts";
import { Connection } from "../../lib/transport/connection.ts";
import { encodeFrame } from "../../lib/transport/frame.ts";
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
  TIMER_FRAMES,
} from "../transport/vectors.ts";

const { request, reply } = timerService.kinds;

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

for (const { name, kind, payload, frame, value } of TIMER_FRAMES) {
  Deno.test(`timerService understands vector ${name}`, () => {
    const bytes = encodeFrame(kind, decodeHex(payload));
    assert.equal(encodeHex(bytes), frame);
    const view = viewOfFrame(bytes);
    const uuid = encodeHex(view.copy(0, UUID_BYTES));
    const { minBytes, maxBytes } = kind === request.code ? request : reply;
    assert.ok(view.length >= minBytes && view.length <= maxBytes);
    assert.deepEqual(
      kind === request.code
        ? { uuid, paddingBytes: view.length - UUID_BYTES }
        : { uuid, gapNs: view.getSafeInt64(UUID_BYTES).toString() },
      value,
    );
  });
}

Deno.test("answerRequests() gives the replies of the exchange", async () => {
  const frameOf = (name: string) => named(TIMER_FRAMES, name).frame;
  const stream = new ScriptedStream(
    TIMER.exchange.map((each) => ({ atNs: each.atNs, bytes: decodeHex(frameOf(each.request)) })),
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
  connection.start({ request: answerRequests(connection, stream.clock, new StopWatch(0)) });
  await connection.closed;
  const replies = TIMER.exchange.map((each) => frameOf(each.reply)).join("");
  assert.equal(encodeHex(stream.written), replies);
});

Deno.test("TIMER_PORT is the one of the specification", () => {
  assert.equal(TIMER_PORT, 47_945);
});
