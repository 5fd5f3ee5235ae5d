import type { Clock } from "./clock.ts";

/** A signal that aborts at a time or with another signal, and gives its timer back when disposed. */
export interface Deadline extends Disposable {
  /** Aborts with a `DOMException` named `TimeoutError`, or with the outer signal's reason. */
  readonly signal: AbortSignal;
}

/**
 * A signal that aborts after `timeoutMs` milliseconds of `clock`, or as soon as `signal` does.
 * `AbortSignal.timeout` does the same on the machine's clock only, and keeps its timer.
 */
export function deadline(clock: Clock, timeoutMs: number, signal?: AbortSignal): Deadline {
  const controller = new AbortController();
  const onAbort = () => controller.abort(signal?.reason);
  const timer = clock.after(timeoutMs, () => {
    controller.abort(new DOMException(`timed out after ${timeoutMs} ms`, "TimeoutError"));
  });
  if (signal?.aborted) onAbort();
  else signal?.addEventListener("abort", onAbort, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      timer.cancel();
      signal?.removeEventListener("abort", onAbort);
    },
  };
}
