import { safeText } from "../../terminal/safe_text.ts";
import type { Problem } from "./problem.ts";

/**
 * A problem as a line for people: which input, where, what, and what became of the rest.
 *
 * @param name path or URL of the input
 */
export function problemText({ offset, code, message, resumedAt }: Problem, name: string): string {
  const place = `${safeText(name)}: byte ${offset}`;
  const what = safeText(message); // a worker said it
  if (NOTHING_LOST.has(code) || resumedAt === undefined && NOT_FURTHER.has(code)) {
    return `${place}: ${what}`;
  }
  const rest = resumedAt === undefined
    ? "nothing behind it was read"
    : `reading went on at byte ${resumedAt}`;
  return `${place}: ${what}; ${rest}`;
}

/** After these everything was read. */
const NOTHING_LOST: ReadonlySet<Problem["code"]> = new Set(["bad-end", "empty"]);
/** Where these stand, no other place is needed to say what was lost. */
const NOT_FURTHER: ReadonlySet<Problem["code"]> = new Set([
  "cut",
  "gzip-cut",
  "too-large",
  "unreadable",
  "changed",
]);
