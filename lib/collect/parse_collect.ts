/** Parsers of values that only `collect` has. Each throws one line that says what would be right. */
import { parseDurationMs } from "../config/parse_flags.ts";

/** Shortest interval that timers of this runtime can keep to, in milliseconds. */
const MIN_INTERVAL_MS = 0.1;

/** Time between two samples in milliseconds, which a bare number counts too. @throws {SyntaxError} */
export function parseIntervalMs(text: string): number {
  const intervalMs = parseDurationMs(text, "ms");
  if (intervalMs >= MIN_INTERVAL_MS) return intervalMs;
  throw new SyntaxError(`wanted an interval from 100us on, such as 10ms or 1s, got "${text}"`);
}

/** Name of a client. @throws {SyntaxError} */
export function parseClientId(text: string): string {
  if (/^[A-Za-z0-9._-]{1,64}$/.test(text)) return text;
  throw new SyntaxError(`wanted a name of 1 to 64 letters, digits, dots, _ and -, got "${text}"`);
}

/** Name of a client that exists, also one that another program gave itself. @throws {SyntaxError} */
export function parseNamedClient(text: string): string {
  if (/^[\p{L}\p{N}._-]{1,64}$/u.test(text)) return text;
  throw new SyntaxError(`wanted the name of a client, got "${text}"`);
}
