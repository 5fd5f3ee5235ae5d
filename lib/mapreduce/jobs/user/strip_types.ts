import { transformSync } from "amaro";
import * as v from "valibot";
import { JobError } from "../job_error.ts";
import { JobSyntaxError } from "./job_syntax_error.ts";

/** What the stripper throws. */
const failure = v.object({
  message: v.string(),
  startLine: v.number(),
});

/**
 * Replaces the types of a TypeScript module by blanks, so that lines and columns stay what they were.
 *
 * @throws {JobSyntaxError} also for what is more than types, such as `enum`
 * @throws {JobError} when there is no place to name
 */
export function stripTypes(file: string, source: string): string {
  try {
    return transformSync(source, { mode: "strip-only", filename: file }).code;
  } catch (error) {
    const found = v.safeParse(failure, error);
    if (!found.success) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `Cannot take the types out of ${file}: ${why}`;
      throw new JobError(message, { cause: error, isFinal: true });
    }
    const { message, startLine: line } = found.output;
    const why = message.replace(/\s+/g, " ");
    throw new JobSyntaxError(file, source, { line, column: columnOf(error, source, line) }, why);
  }
}

/** Its own column counts a tab as four; its excerpt says where the caret stands. */
function columnOf(error: unknown, source: string, line: number): number {
  const at = v.parse(v.object({ startColumn: v.number() }), error).startColumn;
  const text = source.split("\n")[line - 1] ?? "";
  let column = 0;
  for (let width = 0; column < text.length; column++) {
    width += text[column] === "\t" ? 4 : 1;
    if (width > at) break;
  }
  return column;
}
