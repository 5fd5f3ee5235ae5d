/** Horizontal bars of text, one a line. */

/** One bar. */
export interface Bar {
  /** Printable ASCII. */
  readonly label: string;
  readonly count: number;
}

/** Eighths of a block, so that short bars can be told apart. */
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/**
 * Bars in lines of at most `columns`, the longest as long as fits. A count above 0 shows at least a
 * sliver.
 */
export function formatBars(bars: readonly Bar[], columns: number): string[] {
  const labelWidth = Math.max(0, ...bars.map(({ label }) => label.length));
  const countWidth = Math.max(0, ...bars.map(({ count }) => String(count).length));
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const room = Math.max(1, Math.min(60, columns - labelWidth - countWidth - 4));
  return bars.map(({ label, count }) => {
    const eighths = count === 0 ? 0 : Math.max(1, Math.round(count / most * room * 8));
    const bar = "█".repeat(eighths >> 3) + EIGHTHS[eighths & 7];
    const pad = " ".repeat(labelWidth - label.length);
    return `${pad}${label}  ${String(count).padStart(countWidth)} ${bar}`.trimEnd();
  });
}
