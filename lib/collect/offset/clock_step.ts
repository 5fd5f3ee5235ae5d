/** Whose clock; "unknown" when the probes show a step that neither side has announced. */
export type ClockSide = "client" | "server" | "unknown";

/** A wall clock was set, or its machine slept. This is what one side tells the other. */
export interface ClockStep {
  /** That clock just after the step, in microseconds since 1970. */
  readonly wallUs: number;
  /** By how much it jumped, in microseconds; above 0: forward. */
  readonly sizeUs: number;
  /** How far `sizeUs` may be off, in microseconds. */
  readonly errorUs: number;
  /** The step happened within this time before `wallUs`, in microseconds. */
  readonly withinUs: number;
  /**
   * The machine may just have been suspended: then the wall clock went on and was not set at all,
   * only the monotonic clock stood still. The two clocks of one machine cannot tell these apart.
   */
  readonly mayBeSuspend: boolean;
}
