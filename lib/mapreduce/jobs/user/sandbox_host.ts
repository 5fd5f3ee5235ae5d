/** The process around a job: hands frames to the thread and back, and watches its memory. */
import type { Clock } from "../../../clock/clock.ts";
import { formatBytes } from "../../../terminal/format_bytes.ts";
import { encodeFrame } from "../../../transport/frame.ts";
import { FrameDecoder } from "../../../transport/frame_decoder.ts";
import { MemoryBudget } from "../../../transport/memory_budget.ts";
import {
  MAX_ANSWER_FRAME_BYTES,
  MAX_SANDBOX_FRAME_BYTES,
  MAX_WHY_LENGTH,
  type OpenHead,
  packPayload,
  SandboxKind,
  unpackPayload,
} from "./sandbox_frames.ts";
import type { ThreadFrame } from "./sandbox_thread.ts";

/** How often memory is looked at, in milliseconds. */
const WATCH_MS = 20;

/** The thread, as the host sees it. */
export interface JobThread {
  post(frame: ThreadFrame): void;
  end(): void;
}

/** What the host needs of the world. */
export interface SandboxHostParts {
  readonly clock: Clock;
  readonly input: AsyncIterable<Uint8Array>;
  /** Writes all of `bytes`. */
  write(bytes: Uint8Array): Promise<void>;
  /** @param onFail is told why the thread has ended by itself */
  openThread(onFrame: (frame: ThreadFrame) => void, onFail: (message: string) => void): JobThread;
  /** Memory of this process that is in use, in bytes. */
  usedBytes(): number;
}

/** Runs until the input ends, or the job has died. @throws {Error} for what is no frame */
export async function hostSandbox(parts: SandboxHostParts): Promise<void> {
  const { promise: died, resolve: die } = Promise.withResolvers<void>();
  let isDead = false;
  let written = Promise.resolve();
  const send = (answer: ThreadFrame) => {
    if (isDead) return;
    if (!isFrame(answer)) return fail("it answered what is no answer");
    const frame = encodeFrame(answer.kind, answer.payload);
    // Who does not read any more has ended, or ends this process.
    written = written.then(() => parts.write(frame)).catch(() => die());
  };
  const fail = (message: string) => {
    const payload = packPayload({ message: message.slice(0, MAX_WHY_LENGTH) });
    send({ kind: SandboxKind.Died, payload });
    isDead = true;
    void written.then(die);
  };
  const thread = parts.openThread(send, fail);
  let limitBytes = Infinity;
  let timer = parts.clock.after(WATCH_MS, watch);
  function watch(): void {
    if (parts.usedBytes() > limitBytes) {
      return fail(`it took more than ${formatBytes(limitBytes)} of memory`);
    }
    timer = parts.clock.after(WATCH_MS, watch);
  }
  const pump = async () => {
    for await (const frame of framesOf(parts.input)) {
      if (frame.kind === SandboxKind.Open) {
        limitBytes = (unpackPayload(frame.payload).head as OpenHead).memoryBytes;
      }
      thread.post(frame);
    }
  };
  try {
    await Promise.race([pump(), died]);
  } finally {
    timer.cancel();
    thread.end();
  }
}

/** Whether it is what the thread's own code sends: the job may have sent something instead. */
function isFrame({ kind, payload }: ThreadFrame): boolean {
  return payload instanceof Uint8Array && payload.length < MAX_ANSWER_FRAME_BYTES &&
    Object.values<number>(SandboxKind).includes(kind);
}

/** Cuts bytes into frames, each in memory of its own. @throws {LineError} */
export async function* framesOf(
  bytes: AsyncIterable<Uint8Array>,
  maxFrameBytes = MAX_SANDBOX_FRAME_BYTES,
): AsyncGenerator<ThreadFrame, void, void> {
  const budget = new MemoryBudget(4 * MAX_SANDBOX_FRAME_BYTES);
  const decoder = new FrameDecoder({ maxFrameBytes, budget });
  for await (const part of bytes) {
    for (let at = 0; at < part.length;) {
      const space = decoder.space();
      const size = Math.min(space.length, part.length - at);
      space.set(part.subarray(at, at + size));
      decoder.filled(size);
      at += size;
      for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) {
        yield { kind: frame.kind, payload: frame.copy() };
      }
    }
  }
}
