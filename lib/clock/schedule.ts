/**
 * A schedule without drift: tick `k` is planned at `start + k × interval`, however late the ticks
 * before it were. Ticks that passed while nobody looked are counted, never made up for in a bunch.
 */
import type { Clock } from "./clock.ts";
import { sleep } from "./sleep.ts";

/** One tick of a schedule. */
export interface Tick {
  /** Number of the tick, from 0. */
  readonly index: number;
  /** When it was planned, in nanoseconds of the monotonic clock. */
  readonly plannedNs: number;
  /** How many ticks before this one passed unused. */
  readonly missed: number;
}

/**
 * The tick to wait for after tick `previous`: the next one, or, when that one is a whole interval
 * late or more, the newest one that is already due. Pure.
 */
export function nextTick(
  startNs: number,
  intervalNs: number,
  previous: number,
  nowNs: number,
): Tick {
  const due = Math.floor((nowNs - startNs) / intervalNs);
  const index = Math.max(previous + 1, due);
  return { index, plannedNs: startNs + index * intervalNs, missed: index - previous - 1 };
}

/** Options of {@linkcode ticks}. */
export interface TicksOptions {
  /** Time between two ticks, in nanoseconds; more than 0. */
  readonly intervalNs: number;
  /**
   * When tick 0 is planned, in nanoseconds of the monotonic clock.
   * @default {now}
   */
  readonly startNs?: number;
  /** Ends the schedule: the iteration is over, nothing is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Ticks at fixed times until the signal aborts or the loop is left.
 *
 * @throws {RangeError} when `intervalNs` is not above 0
 */
export async function* ticks(clock: Clock, options: TicksOptions): AsyncGenerator<Tick, void> {
  const { intervalNs, signal } = options;
  if (!(intervalNs > 0)) {
    throw new RangeError(`Cannot tick every ${intervalNs} ns: the interval must be above 0`);
  }
  const startNs = options.startNs ?? clock.monotonicNs();
  let index = -1;
  while (!signal?.aborted) {
    const tick = nextTick(startNs, intervalNs, index, clock.monotonicNs());
    const waitMs = (tick.plannedNs - clock.monotonicNs()) / 1e6;
    if (waitMs > 0) {
      try {
        await sleep(clock, waitMs, signal);
      } catch (error) {
        if (signal?.aborted) return;
        throw error;
      }
    }
    index = tick.index;
    yield tick;
  }
}
