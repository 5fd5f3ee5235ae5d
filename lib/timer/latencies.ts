/**
 * A record of latencies in constant memory: an HDR histogram of nanoseconds with three significant
 * digits, up to one hour (G. Tene, hdrhistogram.org).
 */
import * as hdr from "hdr-histogram-js";
import type { Bar } from "../terminal/bars.ts";
import { formatNs } from "../terminal/format_ns.ts";

/** Longest latency that is told apart from longer ones. */
export const HIGHEST_NS = 3_600_000_000_000;

/** Percentiles that a summary shows. */
const PERCENTILES = [50, 90, 99, 99.9, 99.99, 99.999] as const;

/** How many samples must lie above a percentile for it to mean anything. */
const MIN_SAMPLES_ABOVE = 10;

/** Starts of the bars within a power of ten. */
const BAR_STEPS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8] as const;

/** Most bars in a drawing. */
const MAX_BARS = 24;

/** A percentile of a record. */
export interface Percentile {
  readonly percentile: number;
  readonly ns: number;
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

/** A record of latencies. {@linkcode prepareLatencies} must have run once. */
export class Latencies {
  readonly #histogram = hdr.build({
    useWebAssembly: true,
    bitBucketSize: 64,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_NS,
    numberOfSignificantValueDigits: 3,
  });
  #minNs = Infinity;
  #maxNs = -Infinity;
  #sumNs = 0;
  #count = 0;

  /** Adds a sample. A negative one counts as 0, one beyond an hour as an hour. */
  record(ns: number): void {
    const whole = Math.min(HIGHEST_NS, Math.max(0, Math.round(ns)));
    this.#histogram.recordValue(whole);
    this.#count++;
    this.#sumNs += whole;
    if (whole < this.#minNs) this.#minNs = whole;
    if (whole > this.#maxNs) this.#maxNs = whole;
  }

  /** What there is to say. */
  summary(): LatencySummary {
    const count = this.#count;
    if (count === 0) {
      const none = undefined;
      return { count, minNs: none, meanNs: none, maxNs: none, percentiles: [] };
    }
    const percentiles = PERCENTILES
      .filter((p) => Math.floor(count * (1 - p / 100) + 1e-9) >= MIN_SAMPLES_ABOVE)
      .map((percentile) => ({
        percentile,
        ns: Math.min(this.#maxNs, this.#histogram.getValueAtPercentile(percentile)),
      }));
    const meanNs = this.#sumNs / count;
    return { count, minNs: this.#minNs, meanNs, maxNs: this.#maxNs, percentiles };
  }

  /** How the samples are spread: one bar per step of a scale that has ten steps per power of ten. */
  bars(): Bar[] {
    const bars = new Map<number, number>();
    for (const { ns, count } of this.#recorded()) {
      const start = stepBelow(ns);
      bars.set(start, (bars.get(start) ?? 0) + count);
    }
    const starts = [...bars.keys()].sort((a, b) => a - b);
    const all = stepsBetween(starts[0] ?? 1, starts.at(-1) ?? 1);
    const shown = all.length <= MAX_BARS ? all : starts;
    return shown.map((start) => ({ label: `${formatNs(start)} -`, count: bars.get(start) ?? 0 }));
  }

  /** Gives the memory back. */
  [Symbol.dispose](): void {
    this.#histogram.destroy();
  }

  #recorded(): { ns: number; count: number }[] {
    const encoded = hdr.encodeIntoCompressedBase64(this.#histogram as hdr.Histogram);
    const copy = hdr.decodeFromCompressedBase64(encoded, 64, false) as hdr.JsHistogram;
    const iterator = copy.recordedValuesIterator;
    const recorded: { ns: number; count: number }[] = [];
    iterator.reset();
    while (iterator.hasNext()) {
      const { valueIteratedTo, countAddedInThisIterationStep } = iterator.next();
      recorded.push({ ns: valueIteratedTo, count: countAddedInThisIterationStep });
    }
    return recorded;
  }
}

/** Loads what {@linkcode Latencies} needs. */
export function prepareLatencies(): Promise<void> {
  return hdr.initWebAssembly();
}

function stepBelow(ns: number): number {
  if (ns < 1) return 0;
  const decade = 10 ** Math.floor(Math.log10(ns));
  return (BAR_STEPS.findLast((step) => step * decade <= ns) ?? 1) * decade;
}

function stepsBetween(first: number, last: number): number[] {
  const steps: number[] = first === 0 ? [0] : [];
  for (
    let decade = 10 ** Math.floor(Math.log10(Math.max(1, first)));
    decade <= last;
    decade *= 10
  ) {
    for (const step of BAR_STEPS) {
      const start = step * decade;
      if (start >= first && start <= last) steps.push(start);
    }
  }
  return steps;
}
