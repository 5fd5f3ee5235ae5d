/**
 * A pacer for the machine's own clock. The event loop of Deno wakes up milliseconds late, and a loop
 * that never sleeps sees its sockets late, so neither can pace requests that are 50 us apart. So a
 * thread of its own sleeps and then spins, and wakes this one by a message (10 to 30 us). When
 * nothing is on its way that this thread could miss, it is woken early and spins for the rest itself,
 * which is exact to a microsecond.
 */
import type { Clock } from "./clock.ts";
import type { Pacer } from "./pacer.ts";
import { END, NO_TARGET, REVISION, TARGET_US, WORDS } from "./pacing_memory.ts";

/** How long this thread may be held up when nothing else is expected, in nanoseconds. */
const IDLE_SPIN_NS = 500_000;

/** How early the message of the thread may come, in nanoseconds. */
const EARLY_NS = 20_000;

interface Call {
  readonly atNs: number;
  readonly isIdle: boolean;
  run: () => void;
}

/** Starts the thread. */
export function precisePacer(clock: Clock): Pacer {
  const memory = new SharedArrayBuffer(4 * WORDS);
  const revisions = new Int32Array(memory);
  const targets = new BigInt64Array(memory);
  const thread = new Worker(new URL("./pacing_thread.ts", import.meta.url), { type: "module" });
  let pending: Call | undefined;

  const tellThread = (targetUs: bigint) => {
    Atomics.store(targets, TARGET_US, targetUs);
    Atomics.add(revisions, REVISION, 1);
    Atomics.notify(revisions, REVISION);
  };
  const restThread = () => {
    if (Atomics.load(targets, TARGET_US) !== NO_TARGET) tellThread(NO_TARGET);
  };
  /** Each thread counts from its own start; what they share is the time of the day. */
  const wakeByThread = (atNs: number) => {
    const wallUs = (performance.timeOrigin + performance.now()) * 1000;
    tellThread(BigInt(Math.round(wallUs + (atNs - clock.monotonicNs()) / 1000)));
  };
  const spin = (call: Call) => {
    if (pending !== call) return;
    while (clock.monotonicNs() < call.atNs);
    pending = undefined;
    call.run();
  };
  const spinNs = (call: Call) => call.isIdle ? IDLE_SPIN_NS : 0;

  thread.onmessage = ({ data }: MessageEvent<number>) => {
    const call = pending;
    if (call === undefined || data !== Atomics.load(revisions, REVISION)) return;
    if (call.atNs - clock.monotonicNs() < spinNs(call) + EARLY_NS) spin(call);
    else wakeByThread(call.atNs - spinNs(call));
  };
  thread.postMessage(memory);
  return {
    wakeAt(atNs, isIdle, run) {
      if (pending?.atNs === atNs && pending.isIdle === isIdle) {
        pending.run = run; // the thread knows
        return;
      }
      const call = { atNs, isIdle, run };
      pending = call;
      const leftNs = atNs - clock.monotonicNs();
      if (leftNs > spinNs(call)) return wakeByThread(atNs - spinNs(call));
      restThread();
      queueMicrotask(() => spin(call)); // what is being handled now comes first
    },
    cancel() {
      pending = undefined;
      restThread();
    },
    [Symbol.dispose]() {
      pending = undefined;
      tellThread(END); // in its sleep it would outlive `terminate`, and hold the process (Deno 2.9)
      thread.terminate();
    },
  };
}
