/**
 * One machine's clocks in virtual time. Times are in microseconds of true time unless named
 * otherwise.
 */
import type { ClockStep } from "../../../lib/collect/offset/clock_step.ts";
import { StepWatch } from "../../../lib/collect/offset/step_watch.ts";
import type { Random } from "./seeded_random.ts";

export const SECOND_US = 1e6;
export const MINUTE_US = 60e6;

export interface ClockPlan {
  /** Wall time at the start, relative to the true one. */
  readonly offsetUs?: number;
  readonly driftPpm?: number;
  /** Standard deviation of the change of the rate in each second, in ppm. */
  readonly wanderPpm?: number;
  /** Steady change of the rate: a temperature that rises. */
  readonly rampPpmPerMinute?: number;
  /** The ramp turns round each time after this long. */
  readonly rampTurnsUs?: number;
  readonly steps?: readonly { readonly atUs: number; readonly byUs: number }[];
  /** A daemon makes both clocks run faster for a while: against the limits. Whole seconds. */
  readonly slews?: readonly { readonly atUs: number; readonly forUs: number; ppm: number }[];
  /** The monotonic clock stands still meanwhile, the wall clock goes on. */
  readonly sleeps?: readonly { readonly atUs: number; readonly forUs: number }[];
}

/** A wall and a monotonic clock of one machine. */
export class SimulatedClock {
  readonly #phaseUs: Float64Array;
  readonly #ratePpm: Float64Array;
  readonly #plan: ClockPlan;
  readonly #epochUs: number;
  readonly watch = new StepWatch();

  constructor(plan: ClockPlan, epochUs: number, lengthUs: number, random: Random) {
    this.#plan = plan;
    this.#epochUs = epochUs;
    const seconds = Math.ceil(lengthUs / SECOND_US) + 100;
    this.#phaseUs = new Float64Array(seconds);
    this.#ratePpm = new Float64Array(seconds);
    const { driftPpm = 0, wanderPpm = 0, rampPpmPerMinute = 0, rampTurnsUs = Infinity } = plan;
    let rate = driftPpm;
    let phase = 0;
    for (let second = 0; second < seconds; second++) {
      const nowUs = second * SECOND_US;
      const slewPpm = (plan.slews ?? [])
        .filter(({ atUs, forUs }) => nowUs >= atUs && nowUs < atUs + forUs)
        .reduce((sum, { ppm }) => sum + ppm, 0);
      this.#phaseUs[second] = phase;
      this.#ratePpm[second] = rate + slewPpm;
      phase += rate + slewPpm;
      const gauss = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      const isDown = Math.floor(second * SECOND_US / rampTurnsUs) % 2 === 1;
      rate += wanderPpm * gauss + (isDown ? -1 : 1) * rampPpmPerMinute / 60;
    }
  }

  #phaseAt(atUs: number): number {
    const second = Math.min(Math.floor(atUs / SECOND_US), this.#phaseUs.length - 1);
    const inside = atUs / SECOND_US - second;
    return (this.#phaseUs[second] ?? 0) + (this.#ratePpm[second] ?? 0) * inside;
  }

  /** Wall minus true time, with every step. */
  offsetUs(atUs: number): number {
    let offset = (this.#plan.offsetUs ?? 0) + this.#phaseAt(atUs);
    for (const step of this.#plan.steps ?? []) if (step.atUs <= atUs) offset += step.byUs;
    return offset;
  }

  wallUs(atUs: number): number {
    return Math.floor(this.#epochUs + atUs + this.offsetUs(atUs));
  }

  monotonicNs(atUs: number): number {
    let awakeUs = atUs + this.#phaseAt(atUs);
    for (const sleep of this.#plan.sleeps ?? []) {
      awakeUs -= Math.max(0, Math.min(sleep.forUs, atUs - sleep.atUs));
    }
    return awakeUs * 1000;
  }

  isAsleep(atUs: number): boolean {
    return (this.#plan.sleeps ?? []).some((s) => atUs >= s.atUs && atUs < s.atUs + s.forUs);
  }

  ratePpm(atUs: number): number {
    return this.#ratePpm[Math.floor(atUs / SECOND_US)] ?? 0;
  }

  check(atUs: number): ClockStep | undefined {
    return this.watch.check(this.wallUs(atUs), this.monotonicNs(atUs));
  }
}
