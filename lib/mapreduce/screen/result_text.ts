/** What a run has done, for people. */
import { formatBytes } from "../../terminal/format_bytes.ts";
import { formatCount } from "../../terminal/format_count.ts";
import { formatDurationMs } from "../../terminal/format_duration_ms.ts";
import { formatRate } from "../../terminal/format_rate.ts";
import { safeText } from "../../terminal/safe_text.ts";
import type { Style } from "../../terminal/style.ts";
import { formatTable } from "../../terminal/table.ts";
import { isLoss } from "../input/problem.ts";
import { figureLines } from "./figure_lines.ts";
import { resultLosses } from "./result_losses.ts";
import type { EarlierWork, JobResult } from "../engine/job_result.ts";
import type { RunSummary } from "./run_summary.ts";

/** Losses that are shown; the rest is in the output folder. */
const MAX_LOSSES = 20;

/** Lines about a run: what was read, moved and written, what is missing, the largest counts. */
export function resultText(
  summary: RunSummary,
  columnsAvailable: number | undefined,
  style: Style,
): string {
  const { plan, result, output, top } = summary;
  const losses = resultLosses(plan, result);
  const more = losses.length - MAX_LOSSES;
  const unnamed = (result.counters["report.problems_left_out"] ?? 0) +
    (result.counters["report.skipped_left_out"] ?? 0);
  const lines = [
    headline(summary, style),
    ...isNothing(result) ? [] : figureLines(rowsOf(summary), columnsAvailable),
  ];
  if (losses.length + unnamed > 0) {
    lines.push("", style.yellow(`${counted(losses.length + unnamed, "loss", "losses")}:`));
    lines.push(...losses.slice(0, MAX_LOSSES).map((loss) => `  ${loss}`));
    if (more > 0) lines.push(`  and ${formatCount(more)} more: see ${safeText(output)}/_PARTIAL`);
    if (unnamed > 0) lines.push(`  and ${formatCount(unnamed)} more that no report had room for`);
  }
  if (top?.length === 0) lines.push("", "no value of the output is a count");
  else if (top !== undefined) {
    lines.push("");
    lines.push(...formatTable({
      columns: [{ title: "count", align: "right" }, { title: "key", flexible: true }],
      rows: top.map(({ key, count }) => [formatCount(count), safeText(key)]),
      columnsAvailable,
      style,
    }));
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** Whether no task got through: there are no figures then, and nothing to go on with. */
function isNothing({ outcome, counters, lost }: JobResult): boolean {
  return (outcome === "failed" || outcome === "interrupted") &&
    Object.keys(counters).length + lost.length === 0;
}

function headline({ name, output, result }: RunSummary, style: Style): string {
  const took = formatDurationMs(result.wallMs);
  const where = safeText(output);
  switch (result.outcome) {
    case "done":
      return `${style.bold(safeText(name))}: ${style.green("done")} in ${took}, output in ${where}`;
    case "partial":
      return `${style.bold(safeText(name))}: ${style.yellow("finished with losses")} in ${took}, ` +
        `output in ${where}`;
    case "interrupted":
      return `${style.bold(safeText(name))}: ${style.yellow("interrupted")} after ${took}; ` +
        "--resume goes on";
    case "failed":
      return `${style.bold(safeText(name))}: ${style.red("failed")} after ${took}` +
        // Where the job is at fault it would fail again.
        (isNothing(result) || result.code === "task-failed" ? "" : "; --resume goes on");
  }
}

/** What there is to say, as name and text. */
function rowsOf({ name, plan, result, status }: RunSummary): (readonly [string, string])[] {
  const { counters, parts, attempts, backups, refused, wallMs, earlier } = result;
  const count = (key: string) => counters[key] ?? 0;
  const stored = count("map.stored_bytes");
  const spilled = count("map.spilled_bytes") + count("reduce.spilled_bytes");
  const relayed = status?.relayedBytes ?? 0;
  const sent = status?.sentInputBytes ?? 0;
  // What earlier runs read is in the sum, but not in the time.
  const rate = (stored - earlier.storedBytes) / wallMs * 1000;
  const perSecond = rate > 0 && rate < Infinity ? `, ${formatRate(rate, "bytes")}` : "";
  const harmless = result.problems.filter((problem) => !isLoss(problem)).length;
  const wasResumed = earlier.maps + earlier.reduces > 0;
  return [
    [
      "read",
      `${counted(plan.inputs.length, "input")}, ${formatBytes(stored)} stored, ` +
      `${formatBytes(count("map.text_bytes"))} of text${perSecond}`,
    ],
    ...wasResumed ? [["resumed", resumedText(earlier)] as const] : [],
    ["records", formatCount(count("map.records")) + skippedTypes(counters)],
    [name === "wordcount" ? "words" : "emitted", formatCount(count("map.emitted"))],
    [
      "shuffled",
      `${formatBytes(count("map.output_bytes"))} in ` +
      `${counted(count("map.output_records"), "entry", "entries")}, ${
        formatBytes(relayed)
      } relayed`,
    ],
    ...sent > 0 ? [["sent", `${formatBytes(sent)} of inputs`] as const] : [],
    ["spilled", formatBytes(spilled)],
    [
      "written",
      `${counted(count("reduce.output_lines"), "line")}, ` +
      `${formatBytes(count("reduce.output_bytes"))} in ${counted(parts.length, "part")}${
        skew(parts)
      }`,
    ],
    [
      "attempts",
      `${formatCount(attempts)} for ${counted(plan.tasks.length, "map")} and ` +
      counted(plan.partitions, "reduce") +
      (backups > 0 ? `, ${formatCount(backups)} as backup` : "") +
      (refused > 0 ? `, ${counted(refused, "late message")} refused` : ""),
    ],
    ...harmless > 0
      ? [["odd", `${counted(harmless, "record")} with a wrong end, read all the same`] as const]
      : [],
    ...Object.entries(counters).filter(([key]) => key.includes(":")).map(([key, n]) =>
      [safeText(key), formatCount(n)] as const
    ),
  ];
}

/** Figures of a resumed job are of all of it; time, rate and attempts are not. */
function resumedText({ maps, reduces, storedBytes }: EarlierWork): string {
  const done = [
    ...maps > 0 ? [`${counted(maps, "map")} of ${formatBytes(storedBytes)}`] : [],
    ...reduces > 0 ? [counted(reduces, "reduce")] : [],
  ];
  return `${done.join(" and ")} done before; time, rate and attempts are of this run`;
}

function counted(n: number, one: string, many = `${one}s`): string {
  return `${formatCount(n)} ${n === 1 ? one : many}`;
}

/** Records that were none of the job's, by type. */
function skippedTypes(counters: Readonly<Record<string, number>>): string {
  const prefix = "map.skipped.";
  const types = Object.entries(counters).filter(([key]) => key.startsWith(prefix))
    .map(([key, n]) => `${formatCount(n)} ${safeText(key.slice(prefix.length))}`);
  return types.length === 0 ? "" : `; passed over: ${types.join(", ")}`;
}

/** How much larger the largest part is than the mean. */
function skew(parts: readonly { readonly bytes: number }[]): string {
  const mean = parts.reduce((sum, { bytes }) => sum + bytes, 0) / parts.length;
  if (!(mean > 0)) return "";
  const largest = Math.max(...parts.map(({ bytes }) => bytes));
  return `, the largest ${(largest / mean).toFixed(2)} times the mean`;
}
