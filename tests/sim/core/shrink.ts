import type { Fault } from "./fault.ts";

/**
 * The smallest list of faults that still fails, as far as leaving out and shortening go.
 *
 * Source: A. Zeller, R. Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002).
 *
 * @param fails runs with those faults, and says whether the same invariant fails
 * @param maxRuns most runs that it may take
 */
export async function shrinkFaults(
  faults: readonly Fault[],
  fails: (faults: readonly Fault[]) => Promise<boolean>,
  maxRuns = 100,
): Promise<readonly Fault[]> {
  let runs = 0;
  const stillFails = async (some: readonly Fault[]) => runs++ < maxRuns && await fails(some);
  let kept = faults;
  if (kept.length > 0 && await stillFails([])) return [];
  for (let parts = 2; kept.length > 1 && runs < maxRuns;) {
    const size = Math.ceil(kept.length / parts);
    let smaller: readonly Fault[] | undefined;
    for (let at = 0; at < kept.length && smaller === undefined; at += size) {
      const rest = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (await stillFails(rest)) smaller = rest;
    }
    if (smaller !== undefined) {
      kept = smaller;
      parts = Math.max(2, parts - 1);
    } else if (size > 1) parts = Math.min(kept.length, parts * 2);
    else break;
  }
  for (let at = 0; at < kept.length; at++) {
    for (let fault = kept[at]; fault !== undefined && fault.forMs > 1;) {
      const shorter: Fault = { ...fault, forMs: Math.floor(fault.forMs / 4) };
      if (shorter.forMs < 1 || !await stillFails(kept.with(at, shorter))) break;
      kept = kept.with(at, shorter);
      fault = shorter;
    }
  }
  return kept;
}
