import type { Clock } from "../clock/clock.ts";
import { sleep } from "../clock/sleep.ts";
import { systemClock } from "../clock/system_clock.ts";
import { backoffMs, type BackoffOptions } from "./backoff.ts";
import type { CloseReport } from "./close_report.ts";
import type { Connection } from "./connection.ts";
import { isPassingCode, LineError } from "./line_error.ts";
import type { Kinds } from "./service.ts";

/** How long a connection must have lasted to count as a success, in milliseconds. */
const STEADY_MS = 5000;

/** Options of {@linkcode keepConnected}. */
export interface ReconnectOptions<K extends Kinds> {
  /** Connects once: `dial` with everything filled in. */
  readonly dial: () => Promise<Connection<K>>;
  /** Told before each wait: how long, in milliseconds, and why. */
  readonly onWait?: (delayMs: number, because: LineError | CloseReport) => void;
  /** Ends it: closes the connection, or leaves the wait. */
  readonly signal?: AbortSignal | undefined;
  /** How the waits grow. */
  readonly backoff?: BackoffOptions;
  /** Where time comes from. @default {systemClock} */
  readonly clock?: Clock;
  /** Numbers from 0 to below 1. @default {Math.random} */
  readonly random?: () => number;
}

/**
 * Connects, and connects again whenever the connection is lost, with growing pauses that start anew
 * after a connection that lasted five seconds. A server's wish to be left alone for a while is respected.
 *
 * @returns how the last connection ended, when that was for good: closed from here, or for a reason
 * that trying again does not mend
 * @throws {LineError} the refusal, when trying again does not mend it
 * @throws the reason of `signal` when it aborts
 */
export async function keepConnected<K extends Kinds>(
  options: ReconnectOptions<K>,
): Promise<CloseReport> {
  const { dial, onWait, signal, backoff, clock = systemClock, random = Math.random } = options;
  for (let retry = 0;; retry++) {
    let because: LineError | CloseReport;
    try {
      const connection = await dial();
      const startNs = clock.monotonicNs();
      const onAbort = () => connection.close();
      if (signal?.aborted) onAbort();
      signal?.addEventListener("abort", onAbort, { once: true });
      because = await connection.closed;
      signal?.removeEventListener("abort", onAbort);
      signal?.throwIfAborted();
      if (!isPassingCode(because.code)) return because;
      if (clock.monotonicNs() - startNs >= STEADY_MS * 1e6) retry = 0;
    } catch (error) {
      if (!(error instanceof LineError) || !error.isPassing) throw error;
      because = error;
    }
    const wish = "retryAfterMs" in because ? because.retryAfterMs ?? 0 : 0;
    const delayMs = Math.max(wish, backoffMs(retry, random(), backoff));
    onWait?.(delayMs, because);
    await sleep(clock, delayMs, signal);
  }
}
