/** The distributions of a run side by side. */
import { displayWidth } from "../terminal/display_width.ts";
import { formatCount } from "../terminal/format_count.ts";
import { formatNs } from "../terminal/format_ns.ts";
import type { Style } from "../terminal/style.ts";
import { formatTable, type TableColumn } from "../terminal/table.ts";
import type { LatencySummary } from "./latencies.ts";
import type { PingResult } from "./ping_result.ts";

/** A distribution as cells of text, one per figure. */
interface Shown {
  readonly name: string;
  readonly cells: readonly string[];
}

const right = (title: string): TableColumn => ({ title, align: "right" });

/**
 * A column per distribution and a row per figure; where that is too wide, a block per distribution.
 * Percentiles that no distribution has are left out.
 *
 * @param columns width of the terminal, `undefined` when there is none
 */
export function distributionTable(
  result: PingResult,
  columns: number | undefined,
  style: Style,
): string[] {
  const summaries = summariesOf(result);
  const all = summaries.flatMap(([, { percentiles }]) => percentiles.map((p) => p.percentile));
  const percentiles = [...new Set(all)].sort((a, b) => a - b);
  const figures = ["count", "min", "mean", ...percentiles.map((p) => `p${p}`), "max"];
  const { timeoutMs } = result.settings;
  const shown = summaries.map(([name, summary]): Shown => ({
    name,
    cells: cellsOf(summary, percentiles, timeoutMs),
  }));
  const sideBySide = formatTable({
    columns: [{ title: "" }, ...shown.map(({ name }) => right(name))],
    rows: figures.map((figure, at) => [figure, ...shown.map(({ cells }) => cells[at] ?? "")]),
    columnsAvailable: undefined,
    style,
  });
  const width = Math.max(...sideBySide.map(displayWidth));
  if (columns === undefined || width <= columns) return sideBySide;
  return formatTable({
    columns: [{ title: "distribution" }, ...figures.map(right)],
    rows: shown.map(({ name, cells }) => [name, ...cells]),
    columnsAvailable: columns,
    style,
  });
}

function summariesOf(
  { measurement: { distributions }, missing, writtenMissing, settings }: PingResult,
): [name: string, LatencySummary][] {
  const service = distributions.service.summary(writtenMissing);
  const gap = distributions.gap.summary();
  if (settings.ratePerSecond === undefined) return [["round trip", service], ["server gap", gap]];
  return [
    ["response", distributions.response.summary(missing)],
    ["service", service],
    ["held back", distributions.held.summary()],
    ["send lateness", distributions.lateness.summary()],
    ["server gap", gap],
  ];
}

function cellsOf(
  { count, minNs, meanNs, maxNs, percentiles: own }: LatencySummary,
  percentiles: readonly number[],
  timeoutMs: number,
): string[] {
  const cell = (ns: number | undefined) => ns === undefined ? "" : formatNs(ns);
  return [
    formatCount(count),
    cell(minNs),
    cell(meanNs),
    ...percentiles.map((percentile) => {
      const found = own.find((p) => p.percentile === percentile);
      if (found === undefined) return "";
      if (found.ns !== undefined) return formatNs(found.ns);
      // It lies among those that have no answer: longer than the limit, and than all that have one.
      return `> ${formatNs(Math.max(timeoutMs * 1e6, maxNs ?? 0))}`;
    }),
    cell(maxNs),
  ];
}
