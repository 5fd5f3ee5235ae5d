/** Probability below which so few runs are no accident. */
const SIGNIFICANCE = 0.05;

/** The most runs that are too few, by number of signs; filled as needed. */
const critical: number[] = [];

/**
 * With independent signs each one but the first starts a new run with probability 1/2, so the
 * number of runs less one is binomial.
 */
function criticalRuns(count: number): number {
  let probability = 2 ** (1 - count); // of one run
  let sum = probability;
  let runs = 0;
  while (sum <= SIGNIFICANCE && runs < count) {
    runs++;
    probability *= (count - runs) / runs;
    sum += probability;
  }
  return runs;
}

/**
 * Whether residuals hang together in so few runs of one sign that no straight line is behind them:
 * the clock wandered, and the window is too long (the test that chrony uses to choose how many
 * samples it fits, see "Number of runs" in chronyc's `sourcestats`). Pure.
 */
export function hasTooFewRuns(residuals: readonly number[]): boolean {
  const { length } = residuals;
  if (length < 3) return false;
  let runs = 1;
  for (let at = 1; at < length; at++) {
    if (((residuals[at] ?? 0) < 0) !== ((residuals[at - 1] ?? 0) < 0)) runs++;
  }
  return runs <= (critical[length] ??= criticalRuns(length));
}
