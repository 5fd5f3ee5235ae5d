import { displayWidth } from "./display_width.ts";

/** Joins `parts` into lines of at most `columns`, as many to a line as fit, each indented. */
export function packLines(
  parts: readonly string[],
  { separator, indent, columns }: {
    readonly separator: string;
    readonly indent: string;
    readonly columns: number;
  },
): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const joined = `${last}${separator}${part}`;
    if (last !== undefined && displayWidth(joined) <= columns) {
      lines[lines.length - 1] = joined;
    } else lines.push(`${indent}${part}`);
  }
  return lines;
}
