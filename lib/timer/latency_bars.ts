/** A histogram as bars of a scale that is even in the logarithm, so that a tail shows beside the bulk. */
import type { Bar } from "../terminal/bars.ts";
import { formatNs } from "../terminal/format_ns.ts";
import type { Recorded } from "./histogram.ts";

/** Starts of the bars within a power of ten, finest scale first. */
const SCALES = [
  [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8],
  [1, 1.5, 2, 3, 5, 7],
  [1, 2, 5],
  [1],
] as const;

/** Most bars in a drawing; a coarser scale is taken when there would be more. */
const MAX_BARS = 24;

type Scale = typeof SCALES[number];

/** Where the bars of some records begin: the same places for all, so that they can be compared. */
export function barStarts(records: readonly (readonly Recorded[])[]): number[] {
  const values = records.flat().map(({ ns }) => ns);
  const lowest = values.reduce((least, ns) => Math.min(least, ns), Infinity);
  const highest = values.reduce((most, ns) => Math.max(most, ns), 0);
  if (values.length === 0) return [];
  const drawings = SCALES.map((scale) => stepsBetween(scale, lowest, highest));
  return drawings.find((starts) => starts.length <= MAX_BARS) ?? drawings.at(-1) ?? [];
}

/** How many samples each bar stands for. */
export function barCounts(recorded: readonly Recorded[], starts: readonly number[]): number[] {
  const counts = starts.map(() => 0);
  for (const { ns, count } of recorded) {
    const at = starts.findLastIndex((start) => start <= ns);
    if (at >= 0) counts[at] = (counts[at] ?? 0) + count;
  }
  return counts;
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

/** The bars from the one that `lowest` is in to the one that `highest` is in. */
function stepsBetween(scale: Scale, lowest: number, highest: number): number[] {
  const starts: number[] = lowest < 1 ? [0] : [];
  const first = Math.floor(Math.log10(Math.max(1, lowest)));
  for (let decade = 10 ** first; decade <= highest; decade *= 10) {
    for (const step of scale) starts.push(step * decade);
  }
  const from = Math.max(0, starts.findLastIndex((start) => start <= lowest));
  return starts.slice(from).filter((start) => start <= highest);
}
