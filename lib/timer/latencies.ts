/** A record of latencies in constant memory. */
import type { JsHistogram } from "hdr-histogram-js";
import {
  HIGHEST_NS,
  newHistogram,
  plainHistogram,
  type Recorded,
  recordedIn,
} from "./histogram.ts";
import { type TimeSlice, TimeSlices } from "./time_slices.ts";

/** Percentiles that a summary shows. */
export const PERCENTILES = [50, 90, 99, 99.9, 99.99, 99.999] as const;

/** How many samples must lie above a percentile for it to mean anything. */
export const MIN_SAMPLES_ABOVE = 10;

/** A percentile of a record. */
export interface Percentile {
  readonly percentile: number;
  /** `undefined`: so many answers are missing that it lies among them, beyond any time. */
  readonly ns: number | undefined;
}

/** What there is to say of a record. `undefined` where there are no samples. */
export interface LatencySummary {
  readonly count: number;
  readonly minNs: number | undefined;
  readonly meanNs: number | undefined;
  readonly maxNs: number | undefined;
  /** Only those with at least ten samples above them. */
  readonly percentiles: readonly Percentile[];
}

/** Which of `total` samples in ascending order a percentile is, from 1: the nearest rank. */
function rankOf(percentile: number, total: number): number {
  // In thousandths of a percent it is whole, and nothing is lost: 99.9 / 100 is a hair too much.
  return Math.ceil(total * Math.round(percentile * 1000) / 100_000);
}

/** A record of latencies. `prepareHistograms` must have run once. */
export class Latencies {
  readonly #histogram = newHistogram();
  readonly #slices: TimeSlices | undefined;
  #minNs = Infinity;
  #maxNs = -Infinity;
  #sumNs = 0;
  #count = 0;

  /** @param sliced keep slices of time as well */
  constructor(sliced = false) {
    if (sliced) this.#slices = new TimeSlices();
  }

  /** How many samples there are. */
  get count(): number {
    return this.#count;
  }

  /** Slices of time; none unless they were asked for. */
  get slices(): readonly TimeSlice[] {
    return this.#slices?.slices ?? [];
  }

  /**
   * Adds a sample that was taken at `atNs`. A negative one counts as 0, one beyond an hour as an
   * hour.
   */
  record(ns: number, atNs: number): void {
    const whole = Math.min(HIGHEST_NS, Math.max(0, Math.round(ns)));
    this.#histogram.recordValue(whole);
    this.#slices?.record(whole, atNs);
    this.#count++;
    this.#sumNs += whole;
    if (whole < this.#minNs) this.#minNs = whole;
    if (whole > this.#maxNs) this.#maxNs = whole;
  }

  /** The value that a share of all samples lies at or below; 0 when there are none. */
  valueAt(percentile: number): number {
    if (this.#count === 0) return 0;
    return Math.min(this.#maxNs, this.#histogram.getValueAtPercentile(percentile));
  }

  /**
   * What there is to say.
   *
   * @param missing samples that never came: they count as longer than all others
   */
  summary(missing = 0): LatencySummary {
    const count = this.#count;
    const total = count + missing;
    const percentiles = PERCENTILES
      .filter((p) => total - rankOf(p, total) >= MIN_SAMPLES_ABOVE)
      .map((percentile) => {
        const rank = rankOf(percentile, total);
        const isThere = rank <= count && count > 0;
        // Half a sample lower, so that rounding cannot take it to the next rank.
        return { percentile, ns: isThere ? this.valueAt((rank - 0.5) / count * 100) : undefined };
      });
    if (count === 0) {
      const none = undefined;
      return { count, minNs: none, meanNs: none, maxNs: none, percentiles };
    }
    const meanNs = this.#sumNs / count;
    return { count, minNs: this.#minNs, meanNs, maxNs: this.#maxNs, percentiles };
  }

  /** All samples as counts of values. */
  recorded(): Recorded[] {
    return recordedIn(this.plain());
  }

  /** All samples as a histogram of the plain build. */
  plain(): JsHistogram {
    return plainHistogram(this.#histogram);
  }

  /** Gives the memory back. */
  [Symbol.dispose](): void {
    this.#histogram.destroy();
    this.#slices?.[Symbol.dispose]();
  }
}
