/** How help looks: sections of rows, wrapped for the terminal, or 80 columns if it is wider. */
import type { Example } from "./command.ts";

const MAX_COLUMNS = 80;
/** Below, meanings would be a word a line. */
const MIN_COLUMNS = 40;
/** Share of the width above which a left column pushes its text down one line. */
const MAX_LEFT_SHARE = 3 / 8;

/** Something on the left and what it means. */
export type Row = readonly [left: string, meaning: string];

/** A paragraph in lines. Help is ASCII: `packLines` would load tables of wide characters for it. */
function wrap(text: string, indent: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(indent + word);
  }
  return lines;
}

/** Two columns; the right one is wrapped. */
function tableLines(rows: readonly Row[], columns: number): string[] {
  const maxLeft = Math.floor(columns * MAX_LEFT_SHARE);
  const width = Math.min(maxLeft, Math.max(...rows.map(([left]) => left.length)));
  const indent = " ".repeat(width + 4);
  return rows.flatMap(([left, meaning]) => {
    const lines = wrap(meaning, indent, columns);
    if (left.length > width) return [`  ${left}`, ...lines];
    const [first = "", ...others] = lines;
    return [`  ${left.padEnd(width)}  ${first.trimStart()}`.trimEnd(), ...others];
  });
}

/** A help text. */
export interface HelpParts {
  readonly usage: readonly string[];
  /** Paragraphs below the usage. */
  readonly about: readonly string[];
  /** How the lines of the examples begin. */
  readonly prefix: readonly string[];
  readonly examples: readonly Example[];
  /** Width of the terminal. @default {80, which is also the most} */
  readonly columns: number | undefined;
  /** Tables by their headings; empty ones are left out. */
  readonly tables: Readonly<Record<string, readonly Row[]>>;
  /** Paragraphs at the end. */
  readonly notes?: readonly string[];
}

/** The text of a help page. */
export function helpText(
  { usage, about, prefix, examples, columns: available = MAX_COLUMNS, tables, notes = [] }:
    HelpParts,
): string {
  const columns = Math.max(MIN_COLUMNS, Math.min(MAX_COLUMNS, available));
  const exampleLines = examples.flatMap(({ args = "", line, brief }) => [
    `  ${line ?? [...prefix, args].join(" ").trimEnd()}`,
    ...wrap(brief, "    ", columns),
  ]);
  const sections = [
    ["USAGE", ...usage.map((line) => `  ${line}`)],
    ...about.map((paragraph) => wrap(paragraph, "", columns)),
    exampleLines.length === 0 ? [] : ["EXAMPLES", ...exampleLines],
    ...Object.entries(tables).map(([heading, rows]) =>
      rows.length === 0 ? [] : [heading, ...tableLines(rows, columns)]
    ),
    ...notes.map((paragraph) => wrap(paragraph, "", columns)),
  ];
  return sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n") + "\n")
    .join("\n");
}
