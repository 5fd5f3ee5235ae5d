/** What has been found on a machine, and what of it is left. */
export interface Cleaned {
  /** What was asked to end, `PID COMMAND` each. */
  readonly processes: readonly string[];
  /** What was taken away: paths. */
  readonly folders: readonly string[];
  /** Runs that have their guard and stay: `RUN-PID`. */
  readonly running: readonly string[];
  /** What could not be ended or taken away: `process PID COMMAND`, `folder PATH`. */
  readonly left: readonly string[];
  /** The system does not show which processes belong to a run. */
  readonly isBlind: boolean;
}

/**
 * Reads what `cleanScript` prints.
 *
 * @returns `undefined` when it is not all there
 */
export function parseCleaned(text: string): Cleaned | undefined {
  const lines = text.split("\n");
  if (!lines.includes("done")) return undefined;
  const behind = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) =>
      line.slice(word.length + 1).trim()
    );
  return {
    processes: behind("process"),
    folders: behind("folder"),
    running: behind("running"),
    left: behind("left"),
    isBlind: lines.includes("blind"),
  };
}
