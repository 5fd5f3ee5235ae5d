import type { Latency } from "./window.ts";

/** Gathers how long something took, one window at a time. */
export class LatencyLog {
  #values: number[] = [];

  /** Notes one, in milliseconds. */
  add(ms: number): void {
    this.#values.push(ms);
  }

  /** What was noted since the last call; `undefined` for nothing. */
  take(): Latency | undefined {
    const sorted = Float64Array.from(this.#values).sort();
    this.#values = [];
    const count = sorted.length;
    if (count === 0) return undefined;
    const at = (part: number) => sorted[Math.ceil(part * count) - 1] ?? NaN;
    return { count, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
  }
}
