/**
 * A straight line through points of which some are far off: a start that up to a quarter of wrong
 * points cannot move (Theil 1950, Sen 1968: the median of all slopes), then least squares again and
 * again, each point weighted by its own spread and by how far it lies from the line before (Beaton
 * and Tukey 1974), in units of the median distance.
 */
import { median } from "./median.ts";

/** A point and how much it scatters, in the same unit as `y`; more than 0. */
export interface FitPoint {
  /** Where. */
  readonly x: number;
  /** How high. */
  readonly y: number;
  /** By how much `y` is usually off. */
  readonly spread: number;
}

/** The line y = `meanY` + `slope` × (x − `meanX`); it may be turned about that point. */
export interface FittedLine {
  /** The weighted mean of x... */
  readonly meanX: number;
  /** ...and of y. */
  readonly meanY: number;
  /** By how much y grows with x. */
  readonly slope: number;
  /** Typical distance of a point from the line in units of its spread: 1.4826 × the median. */
  readonly scale: number;
}

const ROUNDS = 5;

/** Distance beyond which a point counts for nothing, in units of the scale. */
const CUT_OFF = 4.685;

/** Smallest scale, so that points on one line do not make each other outliers. */
const MIN_SCALE = 0.1;

/** Turns a median of absolute residuals into the standard deviation of a normal distribution. */
const MAD_TO_SIGMA = 1.4826;

function medianSlope(points: readonly FitPoint[]): number {
  const slopes = new Float64Array(points.length * (points.length - 1) / 2);
  let count = 0;
  for (let j = 1; j < points.length; j++) {
    const later = points[j] as FitPoint;
    for (let i = 0; i < j; i++) {
      const earlier = points[i] as FitPoint;
      if (later.x !== earlier.x) slopes[count++] = (later.y - earlier.y) / (later.x - earlier.x);
    }
  }
  return median(slopes.subarray(0, count));
}

/**
 * Fits a line to `points`, of which there is at least one. Where they do not tell a slope it is 0.
 * Pure.
 */
export function fitLine(points: readonly FitPoint[]): FittedLine {
  const [first] = points;
  if (first === undefined) return { meanX: 0, meanY: 0, slope: 0, scale: 0 };
  let meanX = first.x;
  let slope = medianSlope(points);
  let meanY = first.y + median(
    Float64Array.from(points, ({ x, y }) => y - first.y - slope * (x - meanX)),
  );
  const distances = new Float64Array(points.length);
  const measure = (): number => {
    points.forEach(({ x, y, spread }, at) => {
      distances[at] = Math.abs(y - meanY - slope * (x - meanX)) / spread;
    });
    return MAD_TO_SIGMA * median(distances);
  };
  for (let round = 0; round < ROUNDS; round++) {
    const cutOff = CUT_OFF * Math.max(MIN_SCALE, measure());
    let sumW = 0;
    let sumX = 0;
    let sumY = 0;
    const weights = points.map(({ x, y, spread }) => {
      const far = (y - meanY - slope * (x - meanX)) / spread / cutOff;
      const weight = Math.abs(far) < 1 ? ((1 - far * far) / spread) ** 2 : 0;
      sumW += weight;
      sumX += weight * (x - first.x);
      sumY += weight * (y - first.y);
      return weight;
    });
    if (!(sumW > 0)) break;
    const nextX = first.x + sumX / sumW;
    const nextY = first.y + sumY / sumW;
    let sumXX = 0;
    let sumXY = 0;
    points.forEach(({ x, y }, at) => {
      const weight = weights[at] ?? 0;
      sumXX += weight * (x - nextX) ** 2;
      sumXY += weight * (x - nextX) * (y - nextY);
    });
    meanX = nextX;
    meanY = nextY;
    if (sumXX > 0) slope = sumXY / sumXX;
  }
  return { meanX, meanY, slope, scale: measure() };
}
