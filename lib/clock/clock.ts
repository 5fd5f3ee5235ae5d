/**
 * The clock that everything in tram reads: one interface, a real one ({@linkcode systemClock}) and
 * a fake one (`FakeClock`) that moves only when a test says so.
 *
 * Two times are kept apart. *Monotonic* time measures durations and never jumps. *Wall* time is the
 * system's idea of the date; it follows when somebody sets the clock, so that a step can be seen.
 */

/** A pending call of {@linkcode Clock.after}. */
export interface Timer {
  /** Takes the call back; harmless when it has already run. */
  cancel(): void;
}

/** Reads time and calls back later. */
export interface Clock {
  /** Nanoseconds since an arbitrary start of this process or thread; never goes back. */
  monotonicNs(): number;
  /** Microseconds since 1970-01-01 UTC, whole; follows the system clock, steps included. */
  wallUs(): number;
  /** Calls `run` once, not earlier than `delayMs` milliseconds from now. */
  after(delayMs: number, run: () => void): Timer;
}
