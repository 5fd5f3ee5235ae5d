/** Draws lines over time, as SVG: panels below each other, on white, with axes and a legend. */

/** A line of a panel; points are minutes and values. */
interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Drawn thin and broken, and not named: beside a main line of the same colour. */
  readonly isFaint?: boolean;
  /** Series of one number have one colour. */
  readonly color: number;
}

/** One drawing of several lines. */
export interface Panel {
  readonly title: string;
  /** Written at the vertical axis. */
  readonly unit: string;
  /** Powers of ten at equal distances. */
  readonly isLogarithmic?: boolean;
  readonly series: readonly Series[];
}

const COLORS = [
  "#0060a8",
  "#c8501e",
  "#2a7d2e",
  "#8a3a9c",
  "#b3261e",
  "#6b5b00",
  "#00767a",
  "#555555",
];
const WIDTH = 1000;
const LEFT = 70;
const RIGHT = 190;
const PANEL = 260;
const TOP = 60;
const HEIGHT = 190;
const PLOT = WIDTH - LEFT - RIGHT;

/** The whole drawing. @param note one line below the title */
export function chart(title: string, note: string, panels: readonly Panel[]): string {
  const all = panels.flatMap(({ series }) => series.flatMap(({ points }) => points));
  const lastX = Math.max(1, ...all.map(([x]) => x));
  const height = TOP + panels.length * PANEL + 10;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ` +
    `width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(LEFT, 24, title, 'font-size="16" font-weight="bold"'),
    text(LEFT, 42, note, 'fill="#555555"'),
    ...panels.map((panel, at) => drawPanel(panel, TOP + at * PANEL + 20, lastX)),
    "</svg>\n",
  ].join("\n");
}

function drawPanel(panel: Panel, top: number, lastX: number): string {
  const { title, unit, isLogarithmic = false, series } = panel;
  const ticks = isLogarithmic ? decades(series) : steps(series);
  const scale = isLogarithmic ? Math.log10 : (value: number) => value;
  const [low, high] = [scale(ticks[0] ?? 0), scale(ticks.at(-1) ?? 1)];
  const bottom = top + HEIGHT;
  const xOf = (x: number) => round(LEFT + x / lastX * PLOT);
  const yOf = (y: number) => {
    const part = (scale(Math.max(y, isLogarithmic ? 1e-9 : y)) - low) / (high - low || 1);
    return round(bottom - Math.max(0, Math.min(1, part)) * HEIGHT);
  };
  const lines = [text(LEFT, top - 8, title, 'font-weight="bold"')];
  for (const tick of ticks) {
    lines.push(line(LEFT, yOf(tick), LEFT + PLOT, yOf(tick), "#e4e4e4"));
    lines.push(text(LEFT - 8, yOf(tick) + 4, label(tick), 'text-anchor="end"'));
  }
  for (const minute of niceTicks(lastX, 8).filter((minute) => minute <= lastX)) {
    lines.push(line(xOf(minute), bottom, xOf(minute), bottom + 4, "#333333"));
    lines.push(text(xOf(minute), bottom + 17, label(minute), 'text-anchor="middle"'));
  }
  lines.push(line(LEFT, top, LEFT, bottom, "#333333"));
  lines.push(line(LEFT, bottom, LEFT + PLOT, bottom, "#333333"));
  lines.push(text(LEFT + PLOT / 2, bottom + 33, "minutes", 'text-anchor="middle"'));
  const middle = top + HEIGHT / 2;
  lines.push(
    text(16, middle, unit, `text-anchor="middle" transform="rotate(-90 16 ${middle})"`),
  );
  let legendY = top + 8;
  for (const { name, points, color, isFaint = false } of series) {
    const stroke = COLORS[color % COLORS.length] ?? "#000000";
    const style = isFaint ? 'stroke-width="1" stroke-dasharray="2 3"' : 'stroke-width="1.6"';
    const path = points.map(([x, y]) => `${xOf(x)},${yOf(y)}`).join(" ");
    lines.push(`<polyline fill="none" stroke="${stroke}" ${style} points="${path}"/>`);
    if (isFaint) continue;
    lines.push(line(LEFT + PLOT + 12, legendY, LEFT + PLOT + 34, legendY, stroke));
    lines.push(text(LEFT + PLOT + 40, legendY + 4, name));
    legendY += 16;
  }
  return lines.join("\n");
}

function steps(series: readonly Series[]): number[] {
  return niceTicks(Math.max(1, ...valuesOf(series)), 5);
}

/** Powers of ten around all values. */
function decades(series: readonly Series[]): number[] {
  const logs = valuesOf(series).filter((value) => value > 0).map(Math.log10);
  const low = Math.floor(Math.min(0, ...logs));
  const high = Math.max(low + 1, Math.ceil(Math.max(0, ...logs)));
  return Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at));
}

function valuesOf(series: readonly Series[]): number[] {
  return series.flatMap(({ points }) => points.map(([, y]) => y));
}

/** Round values from 0 to `most` or just above it, about `count` of them. */
function niceTicks(most: number, count: number): number[] {
  const raw = most / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw) ?? raw;
  const last = Math.ceil(most / step - 1e-9);
  return Array.from({ length: last + 1 }, (_, at) => Number((at * step).toPrecision(6)));
}

function label(value: number): string {
  return value >= 1e4 ? value.toLocaleString("en") : String(Number(value.toPrecision(4)));
}

function line(x1: number, y1: number, x2: number, y2: number, stroke: string): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${stroke}"/>`;
}

function text(x: number, y: number, words: string, more = ""): string {
  const safe = words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<text x="${x}" y="${y}" ${more}>${safe}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
