/**
 * A stretch of time in which neither clock was set: the winners of its bursts, the line through
 * them, and how far the truth can be from that line.
 *
 * The bound at a time t rests on one winner, the one for which it is smallest: at its own time the
 * truth is within its half width of its offset; from there to t truth and line part by no more than
 * the error of the line's frequency, which {@linkcode frequencyRange} limits, times the time between.
 */
import type { ClockLimits } from "./clock_limits.ts";
import type { OffsetEstimate } from "./estimate.ts";
import { fitLine } from "./fit_line.ts";
import { type FrequencyRange, frequencyRange } from "./frequency_range.ts";
import { hasTooFewRuns } from "./has_too_few_runs.ts";
import type { ProbeReading } from "./probe.ts";
import { spreadPoints } from "./spread_points.ts";

/** How many winners are kept; at 64 s apart, half an hour. */
const MAX_READINGS = 32;

/** Fewest winners that a wandering clock is fitted to. */
const MIN_FIT_READINGS = 3;

/** Winners that leave so wide a range to the frequency say less than a guess, in ppm. */
const VAGUE_PPM = 40;

/** How a segment begins. */
export interface SegmentStart {
  /** Number of the segment. */
  readonly id: number;
  /** How often the client's clock had been set when it began. */
  readonly clientSteps: number;
  /** The same of the server's. */
  readonly serverSteps: number;
  /** It begins not before this wall time of the client... */
  readonly fromLowUs: number;
  /** ...and not after this one. */
  readonly fromHighUs: number;
  /**
   * Before this time nothing is known: a step of the server that came later was told earlier.
   * @default {-Infinity}
   */
  readonly knownFromUs?: number;
  /** What the segment before says about the offset at the start, the step added. */
  readonly carried?: ProbeReading;
  /** The frequency before it began: a guess, used while the winners say less. */
  readonly guessPpm?: number;
}

/** What a reading that the segment did not expect means. */
export type Conflict = "none" | "frequency jump" | "step";

/** The line `offsetUs` + `frequencyPpm` × (t − `refUs`), and how far the rate may be off there. */
interface Line {
  readonly refUs: number;
  readonly offsetUs: number;
  readonly frequencyPpm: number;
  readonly frequencyErrorPpm: number;
  /** Distance of the newest winner from the line, in units of the usual distance. */
  readonly surprise: number;
}

/** Smallest usual distance of a winner from the line, in units of its spread. */
const MIN_SCALE = 0.25;

/** The integral of |s − c| from a to b, for a <= b. */
function distanceIntegral(a: number, b: number, c: number): number {
  const primitive = (x: number) => (x - c) * Math.abs(x - c) / 2;
  return primitive(b) - primitive(a);
}

const clamp = (value: number, { lowPpm, highPpm }: FrequencyRange) =>
  Math.min(highPpm, Math.max(lowPpm, value));

/** See the file's comment. */
export class Segment {
  /** How it began. */
  readonly start: SegmentStart;
  /** Probes taken, those that did not win included. */
  probes = 0;
  readonly #limits: ClockLimits;
  readonly #wanderPpmPerUs: number;
  readonly #readings: ProbeReading[] = [];
  /** How many of the oldest winners serve the bound only: a straight line does not reach them. */
  #unfitted = 0;
  #line?: Line;

  /** An empty one. */
  constructor(start: SegmentStart, limits: ClockLimits) {
    this.start = start;
    this.#limits = limits;
    this.#wanderPpmPerUs = limits.wanderPpmPerMinute / 60e6;
  }

  /** The winners of the latest bursts, oldest first. */
  get readings(): readonly ProbeReading[] {
    return this.#readings;
  }

  /** Adds the first reading of a burst. */
  add(reading: ProbeReading): void {
    this.#readings.push(reading);
    if (this.#readings.length > MAX_READINGS) this.#forgetOldest();
    this.#line = undefined;
  }

  /** Puts a better reading of the same burst in the place of the newest. */
  replaceNewest(reading: ProbeReading): void {
    this.#readings[this.#readings.length - 1] = reading;
    this.#line = undefined;
  }

  /** Whether a reading can be true together with what is known, and if not, what must have been. */
  conflict(reading: ProbeReading): Conflict {
    const expected = this.estimateAt(reading.atUs);
    if (expected === undefined) return "none";
    const farUs = Math.abs(reading.offsetUs - expected.offsetUs);
    if (farUs <= reading.halfWidthUs + expected.boundUs) return "none";
    const isReachable = this.#anchors().every((anchor) =>
      Math.abs(reading.offsetUs - anchor.offsetUs) <= reading.halfWidthUs + anchor.halfWidthUs +
          Math.abs(reading.atUs - anchor.atUs) * this.#limits.maxDriftPpm / 1e6
    );
    return isReachable ? "frequency jump" : "step";
  }

  /** How far the newest winner is from the line, in units of how far winners usually are. */
  get surprise(): number {
    return this.#solved()?.surprise ?? 0;
  }

  /** The estimate for a wall time of the client in this segment, unless nothing is known. */
  estimateAt(atUs: number): OffsetEstimate | undefined {
    const line = this.#solved();
    if (line === undefined) return undefined;
    const { refUs, frequencyPpm } = line;
    let best: ProbeReading | undefined;
    let boundUs = Infinity;
    let residualUs = 0;
    const rest = (anchor: ProbeReading) => {
      const lineUs = line.offsetUs + frequencyPpm * (anchor.atUs - refUs) / 1e6;
      const offUs = Math.abs(anchor.offsetUs - lineUs);
      const sumUs = anchor.halfWidthUs + offUs + this.#growthUs(line, anchor.atUs, atUs);
      if (sumUs >= boundUs) return;
      boundUs = sumUs;
      residualUs = offUs;
      best = anchor;
    };
    for (const reading of this.#readings) rest(reading);
    if (this.start.carried !== undefined) rest(this.start.carried);
    if (best === undefined) return undefined;
    return {
      atUs,
      offsetUs: line.offsetUs + frequencyPpm * (atUs - refUs) / 1e6,
      boundUs,
      frequencyPpm,
      frequencyErrorPpm: Math.min(
        this.#worstPpm(line),
        line.frequencyErrorPpm + this.#wanderPpmPerUs * Math.abs(atUs - refUs),
      ),
      delayUs: best.delayUs,
      residualUs,
      ageUs: Math.abs(atUs - best.atUs),
      probes: this.probes,
      segment: this.start.id,
    };
  }

  /** How far truth and line may part between two times, in microseconds. */
  #growthUs(line: Line, fromUs: number, toUs: number): number {
    const apartUs = Math.abs(toUs - fromUs);
    const lowUs = Math.min(fromUs, toUs) - line.refUs;
    const knownPpmUs = line.frequencyErrorPpm * apartUs +
      this.#wanderPpmPerUs * distanceIntegral(lowUs, lowUs + apartUs, 0);
    return Math.min(knownPpmUs, this.#worstPpm(line) * apartUs) / 1e6;
  }

  #worstPpm({ frequencyPpm }: Line): number {
    return this.#limits.maxDriftPpm + Math.abs(frequencyPpm);
  }

  #anchors(): readonly ProbeReading[] {
    const { carried } = this.start;
    return carried === undefined ? this.#readings : [carried, ...this.#readings];
  }

  #forgetOldest(): void {
    this.#readings.shift();
    this.#unfitted = Math.max(0, this.#unfitted - 1);
  }

  #solved(): Line | undefined {
    return this.#line ??= this.#solve();
  }

  #solve(): Line | undefined {
    const { maxDriftPpm } = this.#limits;
    const newest = this.#readings.at(-1);
    if (newest === undefined) {
      const { carried, guessPpm = 0 } = this.start;
      if (carried === undefined) return undefined;
      return {
        refUs: carried.atUs,
        offsetUs: carried.offsetUs,
        frequencyPpm: guessPpm,
        frequencyErrorPpm: maxDriftPpm + Math.abs(guessPpm),
        surprise: 0,
      };
    }
    let range = frequencyRange(this.#readings, this.#limits);
    while (range.lowPpm > range.highPpm) { // the rate changed by more than it may: begin again
      this.#forgetOldest();
      range = frequencyRange(this.#readings, this.#limits);
    }
    for (;;) {
      const { line, isStraight } = this.#fit(newest, range);
      const fitted = this.#readings.length - this.#unfitted;
      if (isStraight || fitted <= MIN_FIT_READINGS) return line;
      this.#unfitted += Math.min(fitted - MIN_FIT_READINGS, Math.max(1, fitted >> 2));
    }
  }

  /** A line through the winners that are fitted, its slope within `range`. */
  #fit(newest: ProbeReading, range: FrequencyRange): { line: Line; isStraight: boolean } {
    const used = this.#readings.slice(this.#unfitted);
    const points = spreadPoints(used, newest, this.#limits);
    const { meanX, meanY, slope, scale } = fitLine(points);
    const { guessPpm } = this.start;
    const isVague = guessPpm !== undefined && range.highPpm - range.lowPpm > VAGUE_PPM;
    const frequencyPpm = clamp(isVague ? guessPpm : slope * 1e6, range);
    const newestUs = meanY - frequencyPpm * meanX / 1e6;
    const residuals = points.map(({ x, y }) => y - newestUs - frequencyPpm * x / 1e6);
    const usualUs = Math.max(MIN_SCALE, scale) * (points.at(-1)?.spread ?? 1);
    const line: Line = {
      refUs: newest.atUs,
      offsetUs: newest.offsetUs + newestUs,
      frequencyPpm,
      frequencyErrorPpm: Math.max(range.highPpm - frequencyPpm, frequencyPpm - range.lowPpm),
      surprise: Math.abs(newestUs) / usualUs,
    };
    return {
      line: { ...line, offsetUs: this.#allowedOffsetUs(line) },
      isStraight: Math.abs(newestUs) <= newest.halfWidthUs && !hasTooFewRuns(residuals),
    };
  }

  /**
   * The offset of `line`, moved to where every winner allows it to be: many probes on a slow and
   * lopsided path cannot outvote a few on a fast one.
   */
  #allowedOffsetUs(line: Line): number {
    let lowUs = -Infinity;
    let highUs = Infinity;
    for (const { atUs, offsetUs, halfWidthUs } of this.#anchors()) {
      const hereUs = offsetUs + line.frequencyPpm * (line.refUs - atUs) / 1e6;
      const unsureUs = halfWidthUs + this.#growthUs(line, atUs, line.refUs);
      lowUs = Math.max(lowUs, hereUs - unsureUs);
      highUs = Math.min(highUs, hereUs + unsureUs);
    }
    return lowUs > highUs ? line.offsetUs : Math.min(highUs, Math.max(lowUs, line.offsetUs));
  }
}
