/** Most errors of a chain of causes that are shown. */
const MAX_CAUSES = 8;

/** Where an error was thrown, line by line, and where the errors were that caused it. */
export function stackLines(error: unknown): readonly string[] {
  const lines: string[] = [];
  let cause = error;
  for (let depth = 0; depth < MAX_CAUSES && cause !== undefined; depth++) {
    const text = cause instanceof Error ? cause.stack ?? cause.message : String(cause);
    const [first = "", ...others] = text.split("\n");
    lines.push(depth === 0 ? first : `caused by ${first}`, ...others);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines;
}
