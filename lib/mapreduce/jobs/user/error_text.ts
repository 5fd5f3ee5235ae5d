/** Most UTF-16 units of what a job's error says. */
const MAX_LENGTH = 500;

/** Where a job's own code stands in a stack: it is loaded from its text. */
const PLACE = /data:text\/javascript[^\s)]*?:(\d+):(\d+)/;

/**
 * What a job threw, whatever it is, as one line with the place in its file. Never throws.
 *
 * @param file name of the job's file
 */
export function errorText(error: unknown, file: string): string {
  try {
    const text = (error instanceof Error ? `${error.name}: ${error.message}` : String(error))
      .replace(/\s+/g, " ").slice(0, MAX_LENGTH);
    const [, line, column] = PLACE.exec(error instanceof Error ? String(error.stack) : "") ?? [];
    return line === undefined ? text : `${text} (${file}:${line}:${column})`;
  } catch {
    return "it threw something that cannot be shown";
  }
}
