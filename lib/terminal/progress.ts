/** One line that says how far something is. */
import { displayWidth } from "./display_width.ts";
import { formatBytes } from "./format_bytes.ts";
import { formatCount } from "./format_count.ts";
import { formatDurationMs } from "./format_duration_ms.ts";
import { type CountUnit, formatRate } from "./format_rate.ts";
import { PLAIN_STYLE, type Style } from "./style.ts";
import { truncate } from "./truncate.ts";

/** How far something is. */
export interface Progress {
  /** What is going on; safe to print. */
  readonly label: string;
  readonly done: number;
  /** `undefined` when nobody knows. */
  readonly total?: number | undefined;
  readonly elapsedMs: number;
  /** From a `RateMeter`; `undefined` when it is too early. */
  readonly ratePerSecond: number | undefined;
  /** @default {"count"} */
  readonly unit?: CountUnit;
  /** Width to fit into. */
  readonly columns: number;
  /** @default {PLAIN_STYLE} */
  readonly style?: Style;
}

const GAP = "  ";
const MIN_BAR_COLUMNS = 8;
const MAX_BAR_COLUMNS = 30;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** Columns of what is not empty, with the gaps between. */
function widthOf(parts: readonly string[]): number {
  const shown = parts.filter((part) => part !== "");
  return shown.reduce(
    (sum, part) => sum + displayWidth(part),
    GAP.length * (shown.length - 1),
  );
}

function join(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(GAP);
}

function barText(share: number, columns: number, style: Style): string {
  const eighths = Math.floor(share * columns * 8);
  const full = "█".repeat(eighths >> 3) + EIGHTHS[eighths & 7];
  return style.green(full) + style.dim("░".repeat(columns - full.length));
}

/** The label and one figure, the label cut where both do not fit. */
function shortest(label: string, figure: string, columns: number): string {
  const room = columns - displayWidth(figure) - GAP.length;
  return room < 1 ? truncate(figure, columns) : join([truncate(label, room), figure]);
}

/** Nobody knows tenths of a second of the future. */
function wholeSeconds(seconds: number): string {
  return seconds < 10 ? `${seconds} s` : formatDurationMs(seconds * 1000);
}

/** With a total: label, bar, percent, counts, rate, and how long it will take or took. */
function knownTotal(progress: Progress, total: number): string {
  const {
    label,
    done,
    elapsedMs,
    ratePerSecond,
    unit,
    columns,
    style = PLAIN_STYLE,
  } = progress;
  const amount = unit === "bytes" ? formatBytes : formatCount;
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 1;
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  const counts = `${amount(done)}/${amount(total)}`;
  const rate = ratePerSecond === undefined ? "" : formatRate(ratePerSecond, unit);
  const leftSeconds = Math.ceil((total - done) / (ratePerSecond ?? 0));
  const eta = Number.isFinite(leftSeconds) ? `ETA ${wholeSeconds(leftSeconds)}` : "";
  const end = done >= total ? `in ${formatDurationMs(elapsedMs)}` : eta;
  for (const parts of [[percent, counts, rate, end], [percent, rate, end]]) {
    const room = columns - widthOf([label, ...parts]) - GAP.length;
    if (room < MIN_BAR_COLUMNS) continue;
    return join([label, barText(share, Math.min(MAX_BAR_COLUMNS, room), style), ...parts]);
  }
  const layouts = [[label, percent, rate, end], [label, percent, end], [label, percent]];
  const fitting = layouts.find((parts) => widthOf(parts) <= columns);
  return fitting === undefined ? shortest(label, percent.trim(), columns) : join(fitting);
}

/** Without a total: label, count, rate and how long it has been going on. */
function unknownTotal({ label, done, elapsedMs, ratePerSecond, unit, columns }: Progress): string {
  const count = unit === "bytes" ? formatBytes(done) : formatCount(done);
  const rate = ratePerSecond === undefined ? "" : formatRate(ratePerSecond, unit);
  const layouts = [[label, count, rate, formatDurationMs(elapsedMs)], [label, count, rate]];
  const fitting = layouts.find((parts) => widthOf(parts) <= columns);
  return fitting === undefined ? shortest(label, count, columns) : join(fitting);
}

/**
 * How far something is, in one line of at most `columns`.
 *
 * As room shrinks: the bar becomes shorter, the counts go, then the bar, the rate, the time left,
 * and at last the label is cut; the percentage stays. Without a total the time goes, then the rate.
 */
export function formatProgress(progress: Progress): string {
  const { total } = progress;
  return total === undefined ? unknownTotal(progress) : knownTotal(progress, total);
}
