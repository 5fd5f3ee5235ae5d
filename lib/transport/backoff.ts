/**
 * How long to wait before the next attempt: exponential, with full jitter, so that a thousand
 * clients of a server that came back do not all knock in the same moment.
 *
 * Source: M. Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015), "full jitter",
 * here with a floor of a quarter of the step so that an attempt never follows at once.
 */

/** Options of {@linkcode backoffMs}. */
export interface BackoffOptions {
  /** Longest wait before the first retry, in milliseconds. @default {250} */
  readonly firstMs?: number;
  /** Longest wait at all, in milliseconds. @default {15000} */
  readonly mostMs?: number;
}

/**
 * Milliseconds to wait before retry number `retry` (0 is the first). Pure.
 *
 * @param random a number from 0 to below 1
 */
export function backoffMs(retry: number, random: number, options: BackoffOptions = {}): number {
  const { firstMs = 250, mostMs = 15_000 } = options;
  const stepMs = Math.min(mostMs, firstMs * 2 ** Math.min(retry, 30));
  return stepMs * (0.25 + 0.75 * random);
}
