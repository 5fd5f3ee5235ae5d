import type { Clock, Timer } from "./clock.ts";
import { WallAnchor } from "./wall_anchor.ts";

/** Longest delay that `setTimeout` takes; a longer one would fire at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's own clock. */
class SystemClock implements Clock {
  readonly #anchor = new WallAnchor(performance.timeOrigin * 1000);

  monotonicNs(): number {
    return performance.now() * 1e6;
  }

  wallUs(): number {
    const beforeMs = Date.now();
    const monotonicUs = performance.now() * 1000;
    return this.#anchor.wallUs(beforeMs, monotonicUs, Date.now());
  }

  after(delayMs: number, run: () => void): Timer {
    const endNs = this.monotonicNs() + delayMs * 1e6;
    let id: ReturnType<typeof setTimeout>;
    const arm = (leftMs: number) => {
      id = leftMs > MAX_TIMEOUT_MS
        ? setTimeout(() => arm((endNs - this.monotonicNs()) / 1e6), MAX_TIMEOUT_MS)
        : setTimeout(run, Math.max(0, Math.ceil(leftMs)));
    };
    arm(delayMs);
    return { cancel: () => clearTimeout(id) };
  }
}

/** The machine's own clock, one per process or thread. */
export const systemClock: Clock = new SystemClock();
