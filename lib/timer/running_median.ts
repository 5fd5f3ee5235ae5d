/**
 * The median of a stream of durations in constant memory, within 5 %: counts in buckets, sixteen to
 * a power of two. It serves as a yardstick for what is slow, not as a figure to report.
 */

const BUCKETS_PER_OCTAVE = 16;
const OCTAVES = 53;

/** How many samples may come before the median is looked up again. */
const LOOK_UP_EVERY = 64;

/** The median of what was recorded. */
export class RunningMedian {
  readonly #counts = new Float64Array(BUCKETS_PER_OCTAVE * OCTAVES);
  #count = 0;
  #value = 0;

  /** Adds a sample; anything below 1 counts as 1. */
  record(value: number): void {
    const bucket = Math.floor(Math.log2(Math.max(1, value)) * BUCKETS_PER_OCTAVE);
    const at = Math.min(bucket, this.#counts.length - 1);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#count++;
    if (this.#count < LOOK_UP_EVERY || this.#count % LOOK_UP_EVERY === 0) this.#lookUp();
  }

  /** The median, or 0 when there are no samples. */
  get value(): number {
    return this.#value;
  }

  #lookUp(): void {
    let below = 0;
    const bucket = this.#counts.findIndex((count) => (below += count) * 2 >= this.#count);
    this.#value = 2 ** ((bucket + 0.5) / BUCKETS_PER_OCTAVE);
  }
}
