/** What people are told of their session. */

/** The server does not know it. @param waiting lines that were not acknowledged in it */
export function sessionLostLines(waiting: number): readonly string[] {
  const lines = ["The server does not know this session any more: a new one begins"];
  if (waiting === 0) return lines;
  const what = waiting === 1 ? "1 line" : `${waiting} lines`;
  return [...lines, `What it has not confirmed goes out in the new one: ${what}`];
}

/** Another client has had it, and it cannot be taken back. */
export function notTakenBackLine(error: Error): string {
  return `Cannot take the session back that another client had: ${error.message}`;
}

/** Another session could not be had. */
export function notAdoptedLine(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `Cannot take that session over: ${why}`;
}
