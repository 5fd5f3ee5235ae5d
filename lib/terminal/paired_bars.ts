/** Two series of horizontal bars, one laid beside the other. */
import { MAX_BAR_COLUMNS, MAX_LABEL_SHARE } from "./bars.ts";
import { displayWidth } from "./display_width.ts";
import { padText } from "./pad_text.ts";
import { PLAIN_STYLE, type Style } from "./style.ts";
import { truncate } from "./truncate.ts";

/** What two series have under one label. */
export interface BarPair {
  /** Safe to print. */
  readonly label: string;
  readonly a: number;
  readonly b: number;
}

/** Two series, and how they are shown. */
export interface PairedBars {
  readonly pairs: readonly BarPair[];
  /** What A and B are, for the first line; safe to print. */
  readonly names: readonly [string, string];
  /** Width to fit into. */
  readonly columns: number;
  /** @default {PLAIN_STYLE} */
  readonly style?: Style;
}

// They differ without colours, too.
const BLOCK_A = "█";
const BLOCK_B = "░";
const SHARE_WIDTH = "<0.1%".length;

function formatShare(share: number): string {
  if (share > 0 && share < 0.0005) return "<0.1%";
  return `${(share * 100).toFixed(share < 0.9995 ? 1 : 0)}%`;
}

/**
 * A line that says which is which, then two lines for each label, A above B. Counts are shown as
 * shares of their own series, so that series of different length compare; the largest share of
 * either is the longest bar. A count above 0 shows at least one block.
 */
export function formatPairedBars(
  { pairs, names, columns, style = PLAIN_STYLE }: PairedBars,
): string[] {
  const totalA = pairs.reduce((sum, { a }) => sum + a, 0);
  const totalB = pairs.reduce((sum, { b }) => sum + b, 0);
  const shares = pairs.map(({ label, a, b }) => ({
    label: truncate(label, Math.floor(columns * MAX_LABEL_SHARE)),
    a: totalA > 0 ? a / totalA : 0,
    b: totalB > 0 ? b / totalB : 0,
  }));
  const most = Math.max(Number.MIN_VALUE, ...shares.map(({ a, b }) => Math.max(a, b)));
  const labelWidth = Math.max(0, ...shares.map(({ label }) => displayWidth(label)));
  const room = Math.max(1, Math.min(MAX_BAR_COLUMNS, columns - labelWidth - SHARE_WIDTH - 3));
  const line = (label: string, share: number, block: string, color: (text: string) => string) => {
    const length = share === 0 ? 0 : Math.max(1, Math.round(share / most * room));
    const bar = color(block.repeat(length));
    const figure = formatShare(share).padStart(SHARE_WIDTH);
    return `${padText(label, labelWidth, "right")}  ${figure} ${bar}`.trimEnd();
  };
  const nameWidth = Math.max(1, Math.floor((columns - 6) / 2));
  const [nameA, nameB] = names.map((name) => truncate(name, nameWidth));
  return [
    `${style.cyan(BLOCK_A)} ${nameA}  ${style.yellow(BLOCK_B)} ${nameB}`,
    ...shares.flatMap(({ label, a, b }) => [
      line(label, a, BLOCK_A, style.cyan),
      line("", b, BLOCK_B, style.yellow),
    ]),
  ];
}
