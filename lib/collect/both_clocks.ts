import type { Clock } from "../clock/clock.ts";
import type { ClockStep } from "./offset/clock_step.ts";
import { StepWatch } from "./offset/step_watch.ts";

/**
 * Readings after which the wall clock of a process is exact to microseconds: they take some
 * milliseconds, and see the system's milliseconds change (see `WallAnchor`).
 */
const SETTLING_READINGS = 5000;

/** Reads the wall clock of this machine and notices when somebody has set it. */
export class BothClocks {
  /** What the wall clock showed when it was read first, or first after it was set. */
  sinceUs: number;
  readonly #clock: Clock;
  readonly #watch = new StepWatch();
  readonly #onStep: (step: ClockStep) => void;

  readonly #firstSteps: number;

  /**
   * @param onStep told at once, before the time that was read is used
   * @param firstSteps how often the clock had been set before
   */
  constructor(clock: Clock, onStep: (step: ClockStep) => void, firstSteps = 0) {
    this.#clock = clock;
    this.#firstSteps = firstSteps;
    this.#onStep = onStep;
    for (let i = 0; i < SETTLING_READINGS; i++) clock.wallUs();
    this.sinceUs = this.wallUs();
  }

  /** How often the wall clock was set. */
  get steps(): number {
    return this.#firstSteps + this.#watch.steps;
  }

  /** Wall time, in whole microseconds since 1970. */
  wallUs(): number {
    const beforeNs = this.#clock.monotonicNs();
    const wallUs = this.#clock.wallUs();
    const afterNs = this.#clock.monotonicNs();
    const step = this.#watch.check(wallUs, beforeNs, (afterNs - beforeNs) / 1000 + 2);
    if (step !== undefined) {
      this.sinceUs = wallUs;
      this.#onStep(step);
    }
    return wallUs;
  }
}
