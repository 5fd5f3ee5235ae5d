/** What `tram timer compare` says: for people, and as one JSON object. */
import { formatCount } from "../terminal/format_count.ts";
import { formatNs } from "../terminal/format_ns.ts";
import { formatPairedBars } from "../terminal/paired_bars.ts";
import { safeJson, safeText } from "../terminal/safe_text.ts";
import type { Style } from "../terminal/style.ts";
import { formatTable } from "../terminal/table.ts";
import { wrapText } from "../terminal/wrap_text.ts";
import { MIN_SLICES, type PercentileComparison, type Slices } from "./compare_runs.ts";
import { barCounts, barLabel, barStarts } from "./latency_bars.ts";

/** A finished comparison. */
export interface Comparison {
  /** Names of the files. */
  readonly a: string;
  readonly b: string;
  readonly tag: string;
  readonly slicesA: Slices;
  readonly slicesB: Slices;
  /** Whether values are nanoseconds for sure; else they have no unit. */
  readonly isInNanoseconds: boolean;
  readonly percentiles: readonly PercentileComparison[];
}

/** Where lines are broken when nobody has said how wide the terminal is. */
const DEFAULT_COLUMNS = 80;

const countOf = (slices: Slices) => slices.flat().reduce((sum, { count }) => sum + count, 0);

/** `+12 %`, `-0.4 %`. */
function percentText(ratio: number): string {
  const percent = (ratio - 1) * 100;
  const digits = Math.abs(percent) < 10 ? 1 : 0;
  const shown = Number(percent.toFixed(digits)) + 0; // never "-0.0"
  return `${shown < 0 ? "" : "+"}${shown.toFixed(digits)} %`;
}

function intervalText(interval: PercentileComparison["interval"]): string {
  if (interval === undefined) return "";
  const [low, high] = interval;
  if (low > 0) {
    return high < Infinity ? interval.map(percentText).join(" to ") : `from ${percentText(low)}`;
  }
  return high < Infinity ? `up to ${percentText(high)}` : "anything";
}

/** `p50`, `p50 and p90`, `p50, p90 and p99`. */
function listText(percentiles: readonly PercentileComparison[]): string {
  const names = percentiles.map(({ percentile }) => `p${percentile}`);
  return [names.slice(0, -1).join(", "), names.at(-1)].filter((part) => part !== "").join(" and ");
}

const filled = (slices: Slices) => slices.filter((slice) => countOf([slice]) > 0).length;

/** The answer in words. */
export function conclusion({ percentiles, slicesA, slicesB }: Comparison): string {
  if (percentiles.length === 0) return "too few samples to compare";
  const counts = [filled(slicesA), filled(slicesB)];
  if (Math.min(...counts) < MIN_SLICES) {
    return `how sure that is cannot be told: at least ${MIN_SLICES} slices of time are needed, ` +
      `and there are ${counts.join(" and ")}; measure for longer`;
  }
  const parts: string[] = [];
  const different = percentiles.filter(({ verdict }) =>
    verdict === "slower" || verdict === "faster"
  );
  const same = percentiles.filter(({ verdict }) => verdict === "same");
  const unknown = percentiles.filter(({ verdict }) => verdict === undefined);
  if (different.length > 0) {
    const each = different.map(({ percentile, verdict, ratio }) =>
      `${verdict} at p${percentile} (${percentText(ratio)})`
    );
    parts.push(`B is ${each.join(", ")}: 99 % sure of each, within these two runs`);
  } else if (same.length > 0) {
    parts.push(`no difference beyond chance at ${listText(same)} (99 % intervals)`);
  }
  if (unknown.length > 0) {
    parts.push(
      `${listText(unknown)} cannot be told: too few samples, or slices of time too unlike; ` +
        `measure for longer`,
    );
  }
  return parts.join("; ");
}

/** The comparison for people; `columns` is the terminal's width, `undefined` when there is none. */
export function comparisonText(
  comparison: Comparison,
  columns: number | undefined,
  style: Style,
): string {
  const { a, b, tag, slicesA, slicesB, percentiles, isInNanoseconds } = comparison;
  const width = columns ?? DEFAULT_COLUMNS;
  const value = (of: number) => isInNanoseconds ? formatNs(of) : formatCount(of);
  const right = (title: string) => ({ title, align: "right" as const });
  const [countA, countB] = [countOf(slicesA), countOf(slicesB)];
  const names = [`A ${safeText(a)}`, `B ${safeText(b)}`] as const;
  const starts = barStarts([slicesA.flat(), slicesB.flat()]);
  const [barsA, barsB] = [barCounts(slicesA.flat(), starts), barCounts(slicesB.flat(), starts)];
  const lines = [
    ...wrapText(
      `${tag === "" ? "" : `${safeText(tag)}: `}${names[0]}, ${formatCount(countA)} samples; ` +
        `${names[1]}, ${formatCount(countB)} samples`,
      width,
    ),
    "",
    ...formatTable({
      columns: [{ title: "" }, right("A"), right("B"), right("B to A"), right("99 % sure"), {
        title: "verdict",
      }],
      rows: percentiles.map(({ percentile, a, b, ratio, interval, verdict = "?" }) => [
        `p${percentile}`,
        value(a),
        value(b),
        percentText(ratio),
        intervalText(interval),
        verdict,
      ]),
      columnsAvailable: columns,
      style,
    }),
    "",
    ...wrapText(conclusion(comparison), width).map(style.bold),
    "",
    ...formatPairedBars({
      pairs: starts.map((start, index) => ({
        label: isInNanoseconds ? barLabel(start) : `${formatCount(start)} -`,
        a: barsA[index] ?? 0,
        b: barsB[index] ?? 0,
      })),
      names,
      columns: width,
      style,
    }),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** The comparison as one line of JSON. */
export function comparisonJson(comparison: Comparison): string {
  const { a, b, tag, slicesA, slicesB, isInNanoseconds, percentiles } = comparison;
  return safeJson({
    type: "comparison",
    tag,
    unit: isInNanoseconds ? "ns" : null,
    a: { file: a, count: countOf(slicesA), slices: slicesA.length },
    b: { file: b, count: countOf(slicesB), slices: slicesB.length },
    conclusion: conclusion(comparison),
    percentiles: percentiles.map(({ percentile, a, b, ratio, interval, verdict }) => ({
      percentile,
      a,
      b,
      ratio,
      // Without a bound on that side, null.
      low: interval?.[0] || null,
      high: interval !== undefined && interval[1] < Infinity ? interval[1] : null,
      verdict: verdict ?? null,
    })),
  });
}
