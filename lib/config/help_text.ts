/** How help looks: sections of rows, wrapped for a terminal of 80 columns. */
import type { Example } from "./command.ts";

const COLUMNS = 80;
/** A left column wider than this pushes its text down one line. */
const MAX_LEFT = 30;

/** Something on the left and what it means. */
export type Row = readonly [left: string, meaning: string];

/** A paragraph in lines. Help is ASCII: `packLines` would load tables of wide characters for it. */
function wrap(text: string, indent: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= COLUMNS) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(indent + word);
  }
  return lines;
}

/** Two columns; the right one is wrapped. */
function tableLines(rows: readonly Row[]): string[] {
  const width = Math.min(MAX_LEFT, Math.max(...rows.map(([left]) => left.length)));
  const indent = " ".repeat(width + 4);
  return rows.flatMap(([left, meaning]) => {
    const lines = wrap(meaning, indent);
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
  /** Tables by their headings; empty ones are left out. */
  readonly tables: Readonly<Record<string, readonly Row[]>>;
  /** Paragraphs at the end. */
  readonly notes?: readonly string[];
}

/** The text of a help page. */
export function helpText(
  { usage, about, prefix, examples, tables, notes = [] }: HelpParts,
): string {
  const exampleLines = examples.flatMap(({ args = "", line, brief }) => [
    `  ${line ?? [...prefix, args].join(" ").trimEnd()}`,
    ...wrap(brief, "    "),
  ]);
  const sections = [
    ["USAGE", ...usage.map((line) => `  ${line}`)],
    ...about.map((paragraph) => wrap(paragraph, "")),
    exampleLines.length === 0 ? [] : ["EXAMPLES", ...exampleLines],
    ...Object.entries(tables).map(([heading, rows]) =>
      rows.length === 0 ? [] : [heading, ...tableLines(rows)]
    ),
    ...notes.map((paragraph) => wrap(paragraph, "")),
  ];
  return sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n") + "\n")
    .join("\n");
}
