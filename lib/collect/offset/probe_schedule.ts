/**
 * When to probe: bursts close together at first, then ever rarer while nothing happens, and close
 * together again as soon as something does. Pure: it is told the time.
 */
import { BURST_PROBES } from "./minimum_delay_filter.ts";

/** Options of {@linkcode ProbeSchedule}; times in milliseconds. */
export interface ProbeScheduleOptions {
  /**
   * Probes of a burst.
   * @default {8}
   */
  readonly burstProbes?: number;
  /**
   * Time between two probes of a burst.
   * @default {64}
   */
  readonly spacingMs?: number;
  /**
   * Time between the starts of two bursts, at first.
   * @default {1000}
   */
  readonly minIntervalMs?: number;
  /**
   * The same when all is quiet.
   * @default {64000}
   */
  readonly maxIntervalMs?: number;
}

/** A surprise divides the interval by this. */
const SURPRISE_DIVIDES_BY = 4;

/** Quiet bursts after which the interval doubles. */
const BURSTS_PER_INTERVAL = 4;

/**
 * How a burst went. `quiet`: as expected. `surprise`: off the line, much slower, or too early to
 * say. `unanswered`: nothing came back.
 */
export type BurstOutcome = "quiet" | "surprise" | "unanswered";

/** Says when to send the next probe, in nanoseconds of the client's monotonic clock. */
export class ProbeSchedule {
  readonly #burstProbes: number;
  readonly #spacingNs: number;
  readonly #minIntervalNs: number;
  readonly #maxIntervalNs: number;
  #dueNs: number;
  #burstStartNs: number;
  #earliestNs = -Infinity;
  #sent = 0;
  #intervalNs: number;
  #quietBursts = 0;

  /** The first probe is due at once, at `nowNs` of the client's monotonic clock. */
  constructor(nowNs: number, options: ProbeScheduleOptions = {}) {
    this.#burstProbes = options.burstProbes ?? BURST_PROBES;
    this.#spacingNs = (options.spacingMs ?? 64) * 1e6;
    this.#minIntervalNs = (options.minIntervalMs ?? 1000) * 1e6;
    this.#maxIntervalNs = (options.maxIntervalMs ?? 64_000) * 1e6;
    this.#intervalNs = this.#minIntervalNs;
    this.#dueNs = nowNs;
    this.#burstStartNs = nowNs;
  }

  /** When the next probe should leave. */
  get dueNs(): number {
    return this.#dueNs;
  }

  /** Time between the starts of two bursts, in nanoseconds. */
  get intervalNs(): number {
    return this.#intervalNs;
  }

  /** Whether the next probe is the first of a burst. */
  get isBetweenBursts(): boolean {
    return this.#sent === 0;
  }

  /** A probe has left. Probes that are late are never made up for in a bunch. */
  sent(nowNs: number): void {
    if (this.#sent === 0) this.#burstStartNs = nowNs;
    this.#earliestNs = nowNs + this.#spacingNs;
    this.#dueNs = this.#earliestNs;
    this.#sent++;
    if (this.#sent < this.#burstProbes) return;
    this.#sent = 0;
    this.#planBurst();
  }

  /** Says how the last burst went; to be called between two bursts, once per burst. */
  judge(outcome: BurstOutcome): void {
    this.#quietBursts = outcome === "quiet" ? this.#quietBursts + 1 : 0;
    if (outcome === "surprise") this.#intervalNs = this.#shortened(this.#intervalNs);
    else if (outcome === "unanswered") {
      // The link may come back any time, and by then the estimate is old.
      this.#intervalNs = Math.min(this.#intervalNs, this.#shortened(this.#maxIntervalNs));
    } else if (this.#quietBursts % BURSTS_PER_INTERVAL === 0) {
      this.#intervalNs = Math.min(this.#maxIntervalNs, this.#intervalNs * 2);
    }
    if (this.#sent === 0) this.#planBurst();
  }

  /** A clock was set or the line is new: a burst begins at once, and others follow soon. */
  hurry(nowNs: number): void {
    this.#quietBursts = 0;
    this.#intervalNs = this.#minIntervalNs;
    this.#sent = 0;
    this.#dueNs = nowNs;
  }

  #planBurst(): void {
    this.#dueNs = Math.max(this.#earliestNs, this.#burstStartNs + this.#intervalNs);
  }

  #shortened(intervalNs: number): number {
    return Math.max(this.#minIntervalNs, intervalNs / SURPRISE_DIVIDES_BY);
  }
}
