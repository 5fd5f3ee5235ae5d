/**
 * Whether two runs differ, and how sure that is. Pure: the same runs give the same answer.
 *
 * Requests that follow one another are not independent: when one is slow, so are its neighbours. So
 * the share of chance is not told from the number of requests but from how the slices of time within
 * a run differ. Slices that follow one another may be alike, too; then they count as fewer (G. Bayley
 * and J. Hammersley, "The effective number of independent observations in an autocorrelated time
 * series", 1946; the bias of the correlation after F. Marriott and J. Pope, "Bias in the estimation of
 * autocorrelations", 1954).
 *
 * Where each slice has enough samples to tell a percentile by itself, the logarithms of these are
 * compared as two means (B. Welch, "The generalization of Student's problem when several different
 * population variances are involved", 1947). In the tail they have not: there a value may be the
 * percentile when the share of requests above it is not beyond chance away from the one wanted (R.
 * Woodruff, "Confidence intervals for medians and other position measures", 1952; C. Francisco and W.
 * Fuller, "Quantile estimation with a complex survey design", 1991), and the intervals of both runs
 * make that of their ratio (G. Zou and A. Donner, "Construction of confidence limits about effect
 * measures", 2008).
 *
 * Of the two intervals the narrower counts. Tried on simulated pairs of equal runs, this takes chance
 * for a difference, at whichever of the percentiles, in about 1 % of the pairs when slices are
 * independent, in 3 % when neighbours correlate with 0.5, and in 3 to 10 % with 0.8. Drawing slices at
 * random instead (bootstrap) does so in 1 to 3 %, 13 % and 38 %. A drift as long as the run is beyond
 * both: only more runs tell that from a difference.
 */
import type { Recorded } from "./histogram.ts";
import { MIN_SAMPLES_ABOVE, PERCENTILES } from "./latencies.ts";
import { MAX_SLICES } from "./time_slices.ts";

/** A run as slices of time, in their order. */
export type Slices = readonly (readonly Recorded[])[];

/** How one percentile differs. */
export interface PercentileComparison {
  readonly percentile: number;
  readonly a: number;
  readonly b: number;
  /** b / a; a value below 1 counts as 1, which is the least that a histogram tells apart. */
  readonly ratio: number;
  /**
   * The ratio lies in here with 99 %; from 0 or to Infinity where a run does not tell. `undefined`
   * when there are too few slices.
   */
  readonly interval: readonly [number, number] | undefined;
  /** `undefined` when it cannot be told: the interval is not known, or holds nearly everything. */
  readonly verdict: "slower" | "faster" | "same" | undefined;
}

/** Slices with samples that a run must have for its differences to tell anything. */
export const MIN_SLICES = 8;

/** A difference that histograms of three digits cannot hold. */
const RESOLUTION = 0.002;

/** An interval that goes beyond this, or beyond its inverse, says nothing but that. */
const WIDEST = 2;

/**
 * Slices are never taken for more alike than this. More would leave so few independent ones that no
 * difference could ever be told, since runs are short and drift.
 */
const MOST_ALIKE = 0.65;

/** Student's t at 99.5 % by degrees of freedom; between them it goes straight. */
// deno-fmt-ignore
const STUDENT = [
  [2, 9.925], [3, 5.841], [4, 4.604], [5, 4.032], [6, 3.707], [8, 3.355], [10, 3.169],
  [15, 2.947], [20, 2.845], [31, 2.744],
] as const;

/** Compares two runs at each percentile that both have enough samples for. */
export function compareRuns(a: Slices, b: Slices): PercentileComparison[] {
  const [runA, runB] = [new SlicedRun(a), new SlicedRun(b)];
  const least = Math.min(runA.total, runB.total);
  const isSure = Math.min(runA.slices, runB.slices) >= MIN_SLICES;
  return PERCENTILES
    .filter((p) => Math.floor(least * (1 - p / 100) + 1e-9) >= MIN_SAMPLES_ABOVE)
    .map((percentile) => {
      const [ofA, ofB] = [runA.bounds(percentile), runB.bounds(percentile)];
      const ratio = Math.exp(logOf(ofB.value) - logOf(ofA.value));
      const means = meanInterval(ratio, runA.evenly(percentile), runB.evenly(percentile));
      const interval = isSure ? narrower(ratioInterval(ofA, ofB), means) : undefined;
      const verdict = verdictOf(interval);
      return { percentile, a: ofA.value, b: ofB.value, ratio, interval, verdict };
    });
}

function verdictOf(interval: PercentileComparison["interval"]): PercentileComparison["verdict"] {
  if (interval === undefined) return undefined;
  const [low, high] = interval;
  if (low > 1 + RESOLUTION) return "slower";
  if (high < 1 - RESOLUTION) return "faster";
  return high <= WIDEST && low >= 1 / WIDEST ? "same" : undefined;
}

/** A percentile, and where it may lie: from -Infinity or to Infinity where nothing bounds it. */
interface Bounds {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const logOf = (value: number) => Math.log(Math.max(1, value));

type Interval = readonly [low: number, high: number];

/** A stop spoils the mean over slices, a drift the shares: whichever tells more. */
function narrower(one: Interval, other: Interval | undefined): Interval {
  return other !== undefined && other[1] / other[0] < one[1] / one[0] ? other : one;
}

/** How sure a mean over slices is. */
interface MeanError {
  /** Square of its standard error. */
  readonly variance: number;
  /** Independent slices that tell it, less one. */
  readonly freedom: number;
}

/** The interval of a ratio whose logarithm is a difference of two means (B. Welch, 1947). */
function meanInterval(
  ratio: number,
  a: MeanError | undefined,
  b: MeanError | undefined,
): Interval | undefined {
  if (a === undefined || b === undefined) return undefined;
  const variance = a.variance + b.variance;
  const freedom = variance ** 2 / (a.variance ** 2 / a.freedom + b.variance ** 2 / b.freedom);
  const chance = variance === 0 ? 0 : studentAt(freedom) * Math.sqrt(variance);
  return [ratio * Math.exp(-chance), ratio * Math.exp(chance)];
}

function ratioInterval(a: Bounds, b: Bounds): Interval {
  const above = ({ value, high }: Bounds) => logOf(high) - logOf(value);
  const below = ({ value, low }: Bounds) => low < 0 ? Infinity : logOf(value) - logOf(low);
  const middle = logOf(b.value) - logOf(a.value);
  return [
    Math.exp(middle - Math.hypot(below(b), above(a))),
    Math.exp(middle + Math.hypot(above(b), below(a))),
  ];
}

/** A run, and at each of its values the share of samples above. */
class SlicedRun {
  readonly total: number;
  /** How many have samples; at most as many as tram itself keeps. */
  readonly slices: number;
  readonly #joined: Slices;
  readonly #counts: readonly number[];
  /** Ascending. */
  readonly #values: number[] = [];
  /** By value: the share of samples above it, and how far off that may be by chance. */
  readonly #above: number[] = [];
  readonly #chance: number[] = [];

  constructor(slices: Slices) {
    const joined = joinSlices(slices);
    const counts = joined.map((slice) => slice.reduce((sum, { count }) => sum + count, 0));
    const above = [...counts];
    this.#joined = joined;
    this.#counts = counts;
    this.slices = joined.length;
    this.total = sum(counts);
    const records = joined.flatMap((slice, at) => slice.map(({ ns, count }) => ({ ns, count, at })))
      .sort((a, b) => a.ns - b.ns);
    for (const [index, { ns, count, at }] of records.entries()) {
      above[at] = (above[at] ?? 0) - count;
      if (records[index + 1]?.ns === ns) continue;
      const share = sum(above) / this.total;
      this.#values.push(ns);
      this.#above.push(share);
      this.#chance.push(
        chanceOf(above.map((each, i) => each - share * (counts[i] ?? 0))) / this.total,
      );
    }
  }

  /**
   * How sure the mean over slices of the logarithm of a percentile is, where each slice has enough
   * samples of its own to tell the percentile; else `undefined`.
   */
  evenly(percentile: number): MeanError | undefined {
    const least = Math.min(...this.#counts);
    if (Math.floor(least * (1 - percentile / 100) + 1e-9) < MIN_SAMPLES_ABOVE) return undefined;
    const logs = this.#joined.map((slice, at) => {
      const rank = Math.ceil((this.#counts[at] ?? 0) * percentile / 100 - 1e-9);
      let below = 0;
      return logOf(
        slice.toSorted((a, b) => a.ns - b.ns).find(({ count }) => (below += count) >= rank)?.ns ??
          0,
      );
    });
    const n = logs.length;
    const mean = sum(logs) / n;
    const differences = logs.map((log) => log - mean);
    const freedom = Math.max(1, n / slicesPerIndependent(differences) - 1);
    return { variance: sum(differences.map((each) => each * each)) / n / freedom, freedom };
  }

  /** The smallest value that a share of all samples lies at or below, and where it may lie. */
  bounds(percentile: number): Bounds {
    const share = 1 - percentile / 100;
    const last = this.#values.length - 1;
    const at = this.#above.findIndex((above) => above <= share + 1e-9);
    const chance = this.#chance[at] ?? Infinity;
    // Of the two errors that can be told, here and there, the larger: a tail that one slice made
    // looks certain from where it ends.
    const low = this.#above.findIndex((above, index) =>
      above - Math.max(chance, this.#chance[index] ?? 0) <= share + 1e-9
    );
    const atLeast = (index: number) => this.#above[index - 1] ?? 1;
    let high = at;
    while (high < last && atLeast(high + 1) >= share - chance - 1e-9) high++;
    const value = (index: number) => this.#values[index] ?? 0;
    return {
      value: value(at),
      low: share + chance >= 1 ? -Infinity : value(low),
      high: share - chance <= 0 ? Infinity : value(high),
    };
  }
}

/** How many slices that follow one another count as one, by how alike neighbours are. */
function slicesPerIndependent(differences: readonly number[]): number {
  const squares = sum(differences.map((each) => each * each));
  if (squares === 0) return 1;
  const products = sum(differences.map((each, i) => each * (differences[i + 1] ?? 0)));
  const seen = products / squares;
  const alike = Math.min(MOST_ALIKE, Math.max(0, seen + (1 + 4 * seen) / differences.length));
  return (1 + alike) / (1 - alike);
}

/** How far the sum of `differences` between slices, which is 0, may be off by chance, with 99 %. */
function chanceOf(differences: readonly number[]): number {
  const n = differences.length;
  const joined = slicesPerIndependent(differences);
  const squares = sum(differences.map((each) => each * each));
  return studentAt(n / joined - 1) * Math.sqrt(n / (n - 1) * squares * joined);
}

function studentAt(freedom: number): number {
  const next = STUDENT.findIndex(([each]) => each >= freedom);
  const [high, tHigh] = STUDENT.at(next) ?? STUDENT[0];
  const [low, tLow] = STUDENT[next - 1] ?? [high, tHigh];
  return high === low ? tHigh : tLow + (tHigh - tLow) * (freedom - low) / (high - low);
}

/** Slices with samples; neighbours are joined while there are more than tram itself keeps. */
function joinSlices(slices: Slices): Slices {
  const filled = slices.filter((slice) => slice.some(({ count }) => count > 0));
  if (filled.length <= MAX_SLICES) return filled;
  const from = (part: number) => Math.round(part * filled.length / MAX_SLICES);
  return Array.from(
    { length: MAX_SLICES },
    (_, part) => filled.slice(from(part), from(part + 1)).flat(),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
