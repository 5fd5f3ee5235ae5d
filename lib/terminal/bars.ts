/** Horizontal bars of text, one a line. */
import { displayWidth } from "./display_width.ts";
import { padText } from "./pad_text.ts";
import { truncate } from "./truncate.ts";

/** One bar. */
export interface Bar {
  /** Safe to print. */
  readonly label: string;
  readonly count: number;
}

/** Eighths of a block, so that short bars can be told apart. */
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;
/** Longest bar, in columns: longer ones are harder to compare. */
export const MAX_BAR_COLUMNS = 60;
/** A label that is longer than this share of the line is cut. */
export const MAX_LABEL_SHARE = 0.5;

/**
 * Bars in lines of at most `columns`, the longest as long as fits. A count above 0 shows at least a
 * sliver.
 */
export function formatBars(bars: readonly Bar[], columns: number): string[] {
  const labels = bars.map(({ label }) => truncate(label, Math.floor(columns * MAX_LABEL_SHARE)));
  const labelWidth = Math.max(0, ...labels.map(displayWidth));
  const countWidth = Math.max(0, ...bars.map(({ count }) => String(count).length));
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const room = Math.max(1, Math.min(MAX_BAR_COLUMNS, columns - labelWidth - countWidth - 4));
  return bars.map(({ count }, i) => {
    const eighths = count === 0 ? 0 : Math.max(1, Math.round(count / most * room * 8));
    const bar = "█".repeat(eighths >> 3) + EIGHTHS[eighths & 7];
    const label = padText(labels[i] ?? "", labelWidth, "right");
    return `${label}  ${String(count).padStart(countWidth)} ${bar}`.trimEnd();
  });
}
