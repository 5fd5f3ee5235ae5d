/**
 * Whether two runs differ, and how sure that is. Pure, and the same each time for the same runs.
 *
 * Requests that follow one another are not independent: when one is slow, so are its neighbours. So
 * the share of chance is not told from the number of requests, but from how the slices of time within
 * a run differ: a bootstrap that draws whole slices (H. Künsch, "The jackknife and the bootstrap for
 * general stationary observations", 1989). With few slices it gives intervals that are too narrow;
 * they are widened as Student's t is against the normal distribution (T. Hesterberg, "What teachers
 * should know about the bootstrap", 2015, section 3.2).
 */
import type { Recorded } from "./histogram.ts";
import { MIN_SAMPLES_ABOVE, PERCENTILES } from "./latencies.ts";

/** A run as slices of time. */
export type Slices = readonly (readonly Recorded[])[];

/** How one percentile differs. */
export interface PercentileComparison {
  readonly percentile: number;
  readonly a: number;
  readonly b: number;
  /** b / a. */
  readonly ratio: number;
  /** The ratio lies in here with a probability of 99 %; `undefined` when that cannot be told. */
  readonly interval: readonly [number, number] | undefined;
  /** `undefined` when it cannot be told. */
  readonly verdict: "slower" | "faster" | "same" | undefined;
}

/** Slices that a run must have for its differences to tell anything. */
export const MIN_SLICES = 8;

/** How often slices are drawn. */
const DRAWS = 2000;

/** Share of the drawn ratios that lies outside of the interval. */
const OUTSIDE = 0.01;

/** A difference that histograms of three digits cannot hold. */
const RESOLUTION = 0.002;

/** Student's t over the normal distribution at 99.5 %, by degrees of freedom from 7 to 31. */
// deno-fmt-ignore
const T_OVER_Z = [
  1.359, 1.303, 1.262, 1.230, 1.206, 1.186, 1.169, 1.156, 1.144, 1.134, 1.125, 1.117, 1.111,
  1.105, 1.099, 1.094, 1.090, 1.086, 1.082, 1.079, 1.076, 1.073, 1.070, 1.068, 1.065,
] as const;

/** Compares two runs at each percentile that both have enough samples for. */
export function compareRuns(a: Slices, b: Slices): PercentileComparison[] {
  const runs = [new SlicedRun(a), new SlicedRun(b)] as const;
  const least = Math.min(runs[0].total, runs[1].total);
  const percentiles = PERCENTILES.filter((p) =>
    Math.floor(least * (1 - p / 100) + 1e-9) >= MIN_SAMPLES_ABOVE
  );
  const [valuesA, valuesB] = [runs[0].percentiles(percentiles), runs[1].percentiles(percentiles)];
  const isSure = Math.min(a.length, b.length) >= MIN_SLICES;
  const drawn = isSure ? drawRatios(runs, percentiles) : [];
  const widening = Math.max(runs[0].widening, runs[1].widening);
  return percentiles.map((percentile, index) => {
    const valueA = valuesA[index] ?? 0;
    const valueB = valuesB[index] ?? 0;
    const ratio = valueB / valueA;
    const interval = isSure ? intervalOf(ratio, drawn[index] ?? [], widening) : undefined;
    return { percentile, a: valueA, b: valueB, ratio, interval, verdict: verdictOf(interval) };
  });
}

function verdictOf(interval: PercentileComparison["interval"]): PercentileComparison["verdict"] {
  if (interval === undefined) return undefined;
  const [low, high] = interval;
  if (low > 1 + RESOLUTION) return "slower";
  return high < 1 - RESOLUTION ? "faster" : "same";
}

/** Ratios by percentile, of runs whose slices were drawn with replacement. */
function drawRatios(
  runs: readonly [SlicedRun, SlicedRun],
  percentiles: readonly number[],
): Float64Array[] {
  const random = generator(0x9e3779b9);
  const ratios = percentiles.map(() => new Float64Array(DRAWS));
  for (let draw = 0; draw < DRAWS; draw++) {
    const a = runs[0].draw(random).percentiles(percentiles);
    const b = runs[1].draw(random).percentiles(percentiles);
    for (const [index, of] of ratios.entries()) of[draw] = (b[index] ?? 0) / (a[index] ?? 1);
  }
  return ratios;
}

/** Where most of the drawn ratios lie, the distances from `ratio` widened. */
function intervalOf(
  ratio: number,
  drawn: Float64Array | readonly number[],
  widening: number,
): readonly [number, number] {
  const sorted = Float64Array.from(drawn).sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? ratio;
  const widened = (bound: number) => ratio * (bound / ratio) ** widening;
  return [widened(at(OUTSIDE / 2)), widened(at(1 - OUTSIDE / 2))];
}

/** A run whose slices can be drawn. */
class SlicedRun {
  readonly total: number;
  readonly widening: number;
  readonly #values: readonly number[];
  readonly #slices: readonly Float64Array[];
  #counts: Float64Array;

  constructor(slices: Slices) {
    const values = [...new Set(slices.flat().map(({ ns }) => ns))].sort((a, b) => a - b);
    const indexOf = new Map(values.map((value, index) => [value, index]));
    this.#values = values;
    this.#slices = slices.map((slice) => {
      const counts = new Float64Array(values.length);
      for (const { ns, count } of slice) counts[indexOf.get(ns) ?? 0] = count;
      return counts;
    });
    this.#counts = new Float64Array(values.length);
    for (const slice of this.#slices) this.#add(slice);
    this.total = sum(this.#counts);
    const freedom = slices.length - 1;
    const t = T_OVER_Z[Math.min(freedom - 7, T_OVER_Z.length - 1)] ?? 1;
    this.widening = freedom > 0 ? t * Math.sqrt(slices.length / freedom) : 1;
  }

  /** Draws as many slices as there are, with replacement. */
  draw(random: () => number): this {
    this.#counts.fill(0);
    for (let i = 0; i < this.#slices.length; i++) {
      const slice = this.#slices[Math.floor(random() * this.#slices.length)];
      if (slice !== undefined) this.#add(slice);
    }
    return this;
  }

  /** The values at ascending `percentiles` of what was drawn last, or of all. */
  percentiles(percentiles: readonly number[]): number[] {
    const total = sum(this.#counts);
    const found: number[] = [];
    let below = 0;
    let index = -1;
    for (const percentile of percentiles) {
      const rank = Math.max(1, Math.ceil(percentile / 100 * total - 1e-6));
      while (below < rank) below += this.#counts[++index] ?? Infinity;
      found.push(this.#values[Math.max(0, index)] ?? 0);
    }
    return found;
  }

  #add(slice: Float64Array): void {
    for (let i = 0; i < slice.length; i++) {
      this.#counts[i] = (this.#counts[i] ?? 0) + (slice[i] ?? 0);
    }
  }
}

function sum(counts: Float64Array): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** Numbers from 0 to below 1, always the same (G. Marsaglia, "Xorshift RNGs", 2003). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
