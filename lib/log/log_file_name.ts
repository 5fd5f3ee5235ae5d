/**
 * Names of log files: what `--log-file` may hold, and how its placeholders are filled in. Two
 * processes must not write the same file, since one would rotate it under the other: `{id}` in the
 * name keeps them apart.
 */

/** What stands for the placeholders. */
export interface LogFileNames {
  /** Which tool writes, e.g. `timer-serve`. */
  readonly service: string;
  /** Keeps processes of one service apart. */
  readonly id: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
}

const PLACEHOLDER = /\{([^{}]*)\}?/g;
const KNOWN: ReadonlySet<string> = new Set(["{service}", "{id}", "{date}"]);

/** Longest value of a placeholder: most file systems end a name at 255 bytes. */
const MAX_VALUE_CHARS = 40;

/**
 * Checks a name with placeholders, as `--log-file` has it.
 *
 * @returns `text` as it is
 * @throws {SyntaxError} one line that names the placeholders there are
 */
export function parseLogFile(text: string): string {
  for (const [found] of text.matchAll(PLACEHOLDER)) {
    if (KNOWN.has(found)) continue;
    throw new SyntaxError(
      `wanted {service}, {id} or {date} in braces, got "${found}" in "${text}"`,
    );
  }
  if (text === "" || /[/\\]$/.test(text)) {
    throw new SyntaxError(`wanted the name of a file, got "${text}"`);
  }
  return text;
}

/** A value that cannot leave the folder or hide the file: letters, digits, dots, hyphens. */
function safeNamePart(value: string): string {
  const safe = value.replace(/[^\p{L}\p{N}._-]/gu, "_").replace(/^\.+/, "_");
  return [...safe].slice(0, MAX_VALUE_CHARS).join("") || "_";
}

/** The path that a checked name stands for. */
export function fillLogFileName(name: string, names: LogFileNames): string {
  return name.replace(PLACEHOLDER, (found, key: keyof LogFileNames) => {
    return KNOWN.has(found) ? safeNamePart(names[key]) : found;
  });
}
