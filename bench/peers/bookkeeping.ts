/**
 * What `timer ping` does for each sample besides sending and receiving: the plan, the UUID, the book
 * of answers, five distributions, jitter, blame. Prints {"nsPerSample":…}.
 *
 *   bookkeeping.ts tram    its own code, over a connection that goes nowhere
 *   bookkeeping.ts bare    two readings of the clock and a number kept
 */
import { systemClock } from "../../lib/clock/system_clock.ts";
import { prepareHistograms } from "../../lib/timer/histogram.ts";
import { LoadClient } from "../../lib/timer/load_client.ts";
import { LoadPlan } from "../../lib/timer/load_plan.ts";
import { Measurement } from "../../lib/timer/measurement.ts";
import { runIdFrom, writeMessageId } from "../../lib/timer/message_id.ts";
import type { PingLine } from "../../lib/timer/ping_lines.ts";
import { REPLY_BYTES, timerService, UUID_BYTES } from "../../lib/timer/protocol.ts";
import { FrameDecoder } from "../../lib/transport/frame_decoder.ts";
import { HEAD_BYTES } from "../../lib/transport/frame.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import { SendLane } from "../../lib/transport/send_lane.ts";
import { print } from "../print.ts";

const SAMPLES = 1_000_000;
const WARM_SAMPLES = 200_000;
const BUDGET_BYTES = 16 * 1024 * 1024;

function lane(): SendLane {
  const budget = new MemoryBudget(BUDGET_BYTES);
  const nothing = () => {};
  const options = { maxBytes: 65_536, maxPayloadBytes: 65_536, budget };
  return new SendLane({ ...options, onFrames: nothing, onMemory: nothing });
}

/** Calls `sample` often enough; gives nanoseconds per call. */
function measure(sample: (index: number) => void): number {
  for (let i = 0; i < WARM_SAMPLES; i++) sample(i);
  const startMs = performance.now();
  for (let i = 0; i < SAMPLES; i++) sample(WARM_SAMPLES + i);
  return (performance.now() - startMs) / SAMPLES * 1e6;
}

async function tram(): Promise<number> {
  await prepareHistograms();
  const clock = systemClock;
  const startNs = clock.monotonicNs();
  const load = { clients: 1, count: Infinity, durationNs: Infinity, warmupNs: 0 };
  const plan = new LoadPlan({ ...load, ratePerSecond: 1e9 }, startNs);
  const measurement = new Measurement(startNs);
  const run = runIdFrom(new Uint8Array(8));
  const requests = lane();
  const connection = {
    isOpen: true,
    reserve: (_kind: unknown, bytes: number) => requests.reserve(0x20, bytes) && requests,
    // What was sent is gone at once.
    flush() {
      for (let part; (part = requests.peek()) !== undefined;) requests.sent(part.length);
    },
  } as unknown as PingLine;
  const client = new LoadClient(connection, {
    clock,
    plan,
    totals: { inFlight: 0, sending: 1 },
    index: 0,
    run,
    inFlight: 1,
    timeoutMs: 60_000,
    sizeBytes: UUID_BYTES,
    onAnswer: (answer) => measurement.record(answer),
    onChange() {},
  });
  const replies = lane();
  const decoder = new FrameDecoder({
    maxFrameBytes: 4096,
    budget: new MemoryBudget(BUDGET_BYTES),
  });
  client.pump();
  const ns = measure((index) => {
    const reply = replies.reserve(timerService.kinds.reply.code, REPLY_BYTES);
    if (reply === undefined) throw new Error("no room");
    writeMessageId(replies, run, index);
    replies.setSafeInt64(UUID_BYTES, 50_000);
    replies.commit();
    const part = replies.peek();
    if (part === undefined) throw new Error("no frame");
    decoder.space().set(part.chunk.bytes.subarray(part.chunk.sent, part.chunk.sent + part.length));
    decoder.filled(part.length);
    replies.sent(part.length);
    const view = decoder.next();
    if (view === undefined || part.length !== HEAD_BYTES + REPLY_BYTES) throw new Error("no view");
    client.onReply(view);
  });
  if (client.book.answered !== SAMPLES + WARM_SAMPLES) throw new Error("samples are missing");
  client[Symbol.dispose]();
  return ns;
}

function bare(): number {
  const kept = new Float64Array(SAMPLES + WARM_SAMPLES);
  return measure((index) => {
    const writtenMs = performance.now();
    kept[index] = performance.now() - writtenMs;
  });
}

print(JSON.stringify({ nsPerSample: Deno.args[0] === "bare" ? bare() : await tram() }));
Deno.exit(0);
