/** A straight line through points. */
export interface Slope {
  /** How much y grows when x grows by one. */
  readonly slope: number;
  /** Standard error of that. */
  readonly error: number;
}

/** Least squares. @returns `undefined` for fewer than three points, or when all have one x */
export function fitSlope(points: readonly (readonly [x: number, y: number])[]): Slope | undefined {
  const count = points.length;
  if (count < 3) return undefined;
  const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / count;
  const [meanX, meanY] = [mean(0), mean(1)];
  const sumXx = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (sumXx === 0) return undefined;
  const sumXy = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const slope = sumXy / sumXx;
  const rest = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (count - 2) / sumXx) };
}
