/** A histogram as bars: ten steps per power of ten, so that a tail shows beside the bulk. */
import type { Bar } from "../terminal/bars.ts";
import { formatNs } from "../terminal/format_ns.ts";
import type { Recorded } from "./histogram.ts";

/** Starts of the bars within a power of ten. */
const BAR_STEPS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8] as const;

/** Most bars in a drawing; beyond that the empty ones are left out. */
const MAX_BARS = 24;

/** Where the bars of some records begin: the same places for all, so that they can be compared. */
export function barStarts(records: readonly (readonly Recorded[])[]): number[] {
  const used = new Set(records.flat().map(({ ns }) => stepBelow(ns)));
  const starts = [...used].sort((a, b) => a - b);
  const all = stepsBetween(starts[0] ?? 1, starts.at(-1) ?? 1);
  return all.length <= MAX_BARS ? all : starts;
}

/** How many samples each bar stands for. */
export function barCounts(recorded: readonly Recorded[], starts: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const { ns, count } of recorded) {
    const start = stepBelow(ns);
    counts.set(start, (counts.get(start) ?? 0) + count);
  }
  return starts.map((start) => counts.get(start) ?? 0);
}

/** What a bar that begins at `start` is called. */
export function barLabel(start: number): string {
  return `${formatNs(start)} -`;
}

/** The bars of one record. */
export function latencyBars(recorded: readonly Recorded[]): Bar[] {
  const starts = barStarts([recorded]);
  const counts = barCounts(recorded, starts);
  return starts.map((start, index) => ({ label: barLabel(start), count: counts[index] ?? 0 }));
}

function stepBelow(ns: number): number {
  if (ns < 1) return 0;
  const decade = 10 ** Math.floor(Math.log10(ns));
  return (BAR_STEPS.findLast((step) => step * decade <= ns) ?? 1) * decade;
}

function stepsBetween(first: number, last: number): number[] {
  const steps: number[] = first === 0 ? [0] : [];
  const lowest = 10 ** Math.floor(Math.log10(Math.max(1, first)));
  for (let decade = lowest; decade <= last; decade *= 10) {
    for (const step of BAR_STEPS) {
      const start = step * decade;
      if (start >= first && start <= last) steps.push(start);
    }
  }
  return steps;
}
