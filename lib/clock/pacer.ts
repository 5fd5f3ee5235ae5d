import type { Clock, Timer } from "./clock.ts";

/**
 * Calls back at an exact time, far finer than {@linkcode Clock.after}, which may be milliseconds
 * late. One call is pending at a time.
 */
export interface Pacer extends Disposable {
  /**
   * Calls `run` once, at `atNs` of the monotonic clock or at once when that is over. Replaces the
   * call that is pending.
   *
   * @param isIdle nothing else is expected to happen before, so the whole thread may be held up
   */
  wakeAt(atNs: number, isIdle: boolean, run: () => void): void;
  /** Takes the pending call back. */
  cancel(): void;
}

/** A pacer as exact as `clock` is: for clocks that do not run by themselves. */
export function clockPacer(clock: Clock): Pacer {
  let timer: Timer | undefined;
  const cancel = () => timer?.cancel();
  return {
    wakeAt(atNs, _isIdle, run) {
      cancel();
      timer = clock.after((atNs - clock.monotonicNs()) / 1e6, run);
    },
    cancel,
    [Symbol.dispose]: cancel,
  };
}
