import { JobError } from "../job_error.ts";

/** Most of a line that is shown, in UTF-16 units. */
const MAX_SHOWN = 160;

/** Raised for a job file that cannot be used as it is written. */
export class JobSyntaxError extends JobError {
  override name = "JobSyntaxError";
  /** The line, and below it a caret where it is wrong. */
  readonly excerpt: string;

  /** @param at line from 1, column from 0 */
  constructor(
    file: string,
    source: string,
    at: { readonly line: number; readonly column: number },
    why: string,
  ) {
    super(`${file}:${at.line}:${at.column + 1}: ${why}`, { isFinal: true });
    const line = source.split("\n")[at.line - 1]?.trimEnd() ?? "";
    const from = Math.max(0, at.column - MAX_SHOWN / 2);
    const gap = line.slice(from, at.column).replace(/[^\t]/g, " ");
    this.excerpt = `${line.slice(from, from + MAX_SHOWN)}\n${gap}^`;
  }
}
