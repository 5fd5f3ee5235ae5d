/**
 * The same samples as in one histogram, cut into 16 to 32 slices of time, whatever the run's length:
 * `compare` tells from the differences between them how far two runs differ by chance, and a reader
 * of the log sees when it was slow. Memory is constant: when there are 32, each new slice is twice as
 * long as the ones before, and makes room by joining two old ones.
 */
import type { WasmHistogram } from "hdr-histogram-js";
import { newHistogram } from "./histogram.ts";

/** Most slices; a run of some length has at least half as many. */
export const MAX_SLICES = 32;

/** Length of the first slices, in nanoseconds. */
const FIRST_LENGTH_NS = 100e6;

/** One slice. */
export interface TimeSlice {
  readonly fromNs: number;
  /** End, in nanoseconds of the same clock; the newest slice may end before. */
  readonly toNs: number;
  readonly histogram: WasmHistogram;
}

/** The slices of one run. */
export class TimeSlices {
  readonly slices: TimeSlice[] = [];
  #lengthNs = FIRST_LENGTH_NS;
  /** Where the next two slices are joined. */
  #joinAt = 0;

  /** Adds a sample that was taken at `atNs`; never before the one added last, by much. */
  record(ns: number, atNs: number): void {
    let last = this.slices.at(-1);
    if (last === undefined || atNs >= last.toNs) last = this.#next(last?.toNs ?? atNs, atNs);
    last.histogram.recordValue(ns);
  }

  /** Gives the memory back. */
  [Symbol.dispose](): void {
    for (const { histogram } of this.slices.splice(0)) histogram.destroy();
  }

  #next(fromNs: number, atNs: number): TimeSlice {
    if (this.slices.length === MAX_SLICES) this.#join();
    // A time without samples makes the slice longer, and no empty ones.
    const lengths = Math.floor((atNs - fromNs) / this.#lengthNs) + 1;
    const toNs = fromNs + lengths * this.#lengthNs;
    const slice = { fromNs, toNs, histogram: newHistogram() };
    this.slices.push(slice);
    return slice;
  }

  #join(): void {
    if (this.#joinAt === 0) this.#lengthNs *= 2;
    const [first, second] = this.slices.slice(this.#joinAt, this.#joinAt + 2);
    if (first === undefined || second === undefined) return;
    first.histogram.add(second.histogram);
    second.histogram.destroy();
    this.slices.splice(this.#joinAt, 2, { ...first, toNs: second.toNs });
    this.#joinAt = (this.#joinAt + 1) % (MAX_SLICES / 2);
  }
}
