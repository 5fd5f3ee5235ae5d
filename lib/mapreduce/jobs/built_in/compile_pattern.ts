import { JobError } from "../job_error.ts";

/**
 * The regular expression of `grep`.
 *
 * @throws {JobError} when it is none
 */
export function compilePattern(pattern: string): RegExp {
  try {
    return new RegExp(pattern, "gu");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^.*?\/gu: /s, "") : String(cause);
    throw new JobError(
      `Cannot use the pattern ${JSON.stringify(pattern)}: ${why}; ` +
        "a JavaScript regular expression is right",
      { cause, isFinal: true },
    );
  }
}
