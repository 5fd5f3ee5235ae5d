/** Compares what a session printed with what a document shows of it. */
import { HISTOGRAM, mask, type Rule } from "./mask.ts";

/** tram breaks lines of text at this many columns, without a terminal. */
const COLUMNS = 80;
/** Lines of a document which stand for any lines. */
const ANY = new Set(["...", "…"]);
/** Longest text that is broken, in lines. */
const MOST_LINES = 5;

/**
 * Compares line by line, with what differs between runs masked. `...` stands for any lines, one row
 * of a histogram for one or more, and a text may be broken elsewhere, since numbers are wider or not.
 *
 * @returns what is wrong, or `undefined`
 */
export function matchLines(
  printed: readonly string[],
  actual: readonly string[],
  rules: readonly Rule[] = [],
): string | undefined {
  const want = rowsOnce(printed, rules);
  const have = rowsOnce(actual, rules);
  const same = (wanted: readonly string[], had: readonly string[]) =>
    mask(joined(wanted), rules) === mask(joined(had), rules);
  // The states that can be reached: so many lines of the document, so many of the output.
  const seen = new Set<number>();
  const open: (readonly [number, number])[] = [[0, 0]];
  let furthest: readonly [number, number] = [0, 0];
  for (let state; (state = open.pop()) !== undefined;) {
    const [i, j] = state;
    const key = i * (have.length + 1) + j;
    if (seen.has(key)) continue;
    seen.add(key);
    if (i === want.length && j === have.length) return undefined;
    if (i > furthest[0] || (i === furthest[0] && j > furthest[1])) furthest = state;
    if (ANY.has(want[i] ?? "")) {
      open.push([i + 1, j]);
      if (j < have.length) open.push([i, j + 1]);
      continue;
    }
    for (let a = 1; a <= MOST_LINES && i + a <= want.length; a++) {
      const wanted = want.slice(i, i + a);
      if (!isBroken(wanted)) break;
      for (let b = 1; b <= MOST_LINES && j + b <= have.length; b++) {
        const had = have.slice(j, j + b);
        if (!isBroken(had)) break;
        if (same(wanted, had)) open.push([i + a, j + b]);
      }
    }
  }
  const [i, j] = furthest;
  return `printed there: ${shown(want[i], rules)}\nbut came:      ${shown(have[j], rules)}\n` +
    `in all:\n${actual.map((line) => `| ${line}`).join("\n")}`;
}

function shown(line: string | undefined, rules: readonly Rule[]): string {
  return line === undefined ? "(nothing more)" : `${line}   [${mask(line, rules)}]`;
}

/** Whether each line but the last one is full: the first word of the next had no room. */
function isBroken(lines: readonly string[]): boolean {
  return lines.every((line, at) => {
    const next = lines[at + 1];
    if (next === undefined) return true;
    const [, indent = "", word] = /^( *)(\S+)/.exec(next) ?? [];
    // Where further lines are indented, the first one is broken as much earlier.
    return word !== undefined && line.length + 1 + word.length > COLUMNS - indent.length;
  });
}

function joined(lines: readonly string[]): string {
  return lines.map((line, at) => at === 0 ? line.trimEnd() : line.trim()).join(" ");
}

/** Without the further rows of a histogram, and without empty lines at the end. */
function rowsOnce(lines: readonly string[], rules: readonly Rule[]): string[] {
  const kept = lines.filter((line, at) =>
    at === 0 || mask(line, rules) !== HISTOGRAM || mask(lines[at - 1] ?? "", rules) !== HISTOGRAM
  );
  while (kept.at(-1)?.trim() === "") kept.pop();
  return kept;
}
