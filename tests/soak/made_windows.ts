import { Random } from "../random.ts";
import type { Window } from "./window.ts";

/** How made windows go. */
export interface MadeOptions {
  readonly windows?: number;
  readonly seed?: number;
  /** Millions of bytes that memory grows a minute. */
  readonly leakPerMinute?: number;
  /** The same of what is alive in the heap. */
  readonly heapLeakPerMinute?: number;
  /** Window from which on it has taken 30 MB more, once. */
  readonly stepAt?: number;
  /** Handles that stay open, a minute. */
  readonly handlesPerMinute?: number;
  readonly threadsPerMinute?: number;
  /** Factor of latency at the end. */
  readonly slowdown?: number;
}

const WINDOW_S = 10;

/**
 * Windows as a soak would see them of one server that is flat but for what `options` say: saw teeth of
 * garbage, a jump when the code gets hot, handles and latency with noise.
 */
export function madeWindows(options: MadeOptions = {}): Window[] {
  const { windows = 180, seed = 1, leakPerMinute = 0, handlesPerMinute = 0 } = options;
  const { threadsPerMinute = 0, slowdown = 1, stepAt = Infinity, heapLeakPerMinute = 0 } = options;
  const random = new Random(seed);
  let garbage = 0;
  return Array.from({ length: windows }, (_, number) => {
    const atS = (number + 1) * WINDOW_S;
    const minutes = atS / 60;
    garbage = garbage > 15e6 ? 0 : garbage + random.between(0, 3e6); // V8 collects once in a while
    const kept = 80e6 + leakPerMinute * 1e6 * minutes + (number >= stepAt ? 30e6 : 0);
    const isAtRest = number % 6 === 5 || number === windows - 1;
    const away = isAtRest ? 0 : random.between(0, 3);
    const warm = number < windows / 10 ? number / windows * 10 : 1;
    const late = slowdown ** (number / windows);
    return {
      number,
      atS,
      isAtRest,
      processes: {
        chat: {
          rssBytes: Math.round(warm * kept + garbage),
          mostRssBytes: Math.round(warm * kept + garbage + 1e6),
          handles: 75 - away + Math.floor(handlesPerMinute * minutes),
          threads: 6 + random.between(-1, 1) + Math.floor(threadsPerMinute * minutes),
          cores: 0.1,
        },
      },
      heaps: { chat: 9e6 + random.between(0, 2e5) + heapLeakPerMinute * 1e6 * minutes },
      files: { "chat.sqlite": 1e5 * number, "chat.sqlite-wal": 8e6 },
      latencies: {
        chat: { count: 100, p50Ms: late * random.between(80, 120) / 100, p99Ms: 20, maxMs: 90 },
      },
      counts: { "chat lines": number * 100 },
      cores: 0.5,
      load: 1,
    };
  });
}
