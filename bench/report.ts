/** What a bench answers with, and how it is judged. */

/** What one contestant did in one situation. */
export interface Measurement {
  /** The situation: `64 B frames`. */
  readonly row: string;
  readonly contestant: string;
  /** Unit of `samples`: `M frames/s`, `us`. */
  readonly unit: string;
  /** One number per run; empty when the contestant is not here. */
  readonly samples: readonly number[];
  /** Further medians by name, unit included: `p99 us`. */
  readonly details: Readonly<Record<string, number>>;
  /** Why there are no samples, or what else is to be known. */
  readonly note?: string;
}

/** A number that `contestant` is to reach, relative to `against`, both in the same row. */
export interface Target {
  readonly row: string;
  readonly contestant: string;
  readonly against: string;
  /** `times`: a ratio of medians. `plus`: a difference of medians. */
  readonly relation: "times" | "plus";
  readonly sense: "at least" | "at most";
  readonly limit: number;
}

/** A target and what came of it. */
export interface Verdict extends Target {
  /** `undefined` when one of the two is not here. */
  readonly value: number | undefined;
  readonly isMet: boolean | undefined;
}

/** The outcome of one bench. */
export interface BenchReport {
  readonly bench: string;
  /** What was asked, in one line. */
  readonly question: string;
  readonly measurements: readonly Measurement[];
  readonly verdicts: readonly Verdict[];
}

/** Options of a bench. */
export interface BenchOptions {
  /** Runs per contestant and row. */
  readonly runs: number;
  /** Shorter runs. */
  readonly isQuick: boolean;
  /** Told what is going on. */
  readonly onProgress: (what: string) => void;
}

/** A bench. */
export type Bench = (options: BenchOptions) => Promise<BenchReport>;

/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? NaN : (lower + upper) / 2;
}

/** Holds `targets` against the medians of `measurements`. */
export function judge(
  targets: readonly Target[],
  measurements: readonly Measurement[],
): Verdict[] {
  const medianOf = (row: string, contestant: string) =>
    median(
      measurements.find((m) => m.row === row && m.contestant === contestant)?.samples ?? [],
    );
  return targets.map((target) => {
    const own = medianOf(target.row, target.contestant);
    const other = medianOf(target.row, target.against);
    const value = target.relation === "times" ? own / other : own - other;
    if (Number.isNaN(value)) return { ...target, value: undefined, isMet: undefined };
    const isMet = target.sense === "at least" ? value >= target.limit : value <= target.limit;
    return { ...target, value, isMet };
  });
}

/** One run of one contestant: its sample and details. */
export interface Sample {
  readonly value: number;
  readonly details: Readonly<Record<string, number>>;
}

/** Medians of each detail over all samples. */
export function medianDetails(samples: readonly Sample[]): Record<string, number> {
  const names = new Set(samples.flatMap(({ details }) => Object.keys(details)));
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      median(samples.flatMap(({ details }) => details[name] ?? [])),
    ]),
  );
}
