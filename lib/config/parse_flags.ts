/** Parsers of values that many flags have. Each throws one line that says what would be right. */

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  "µs": 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * A duration such as `250us`, `10ms`, `5s`, `2m`, `1h` in milliseconds; a bare number counts seconds.
 *
 * @throws {SyntaxError}
 */
function parseDurationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([a-zµ]*)$/.exec(text);
  const unit = match?.[2] === "" ? "s" : match?.[2] ?? "";
  const factor = Object.hasOwn(DURATION_UNITS, unit) ? DURATION_UNITS[unit] : undefined;
  if (match === null || factor === undefined) {
    throw new SyntaxError(`wanted a duration such as 250us, 10ms, 5s, 2m or 1h, got "${text}"`);
  }
  return Number(match[1]) * factor;
}

/** A duration above 0, in milliseconds; a bare number counts seconds. @throws {SyntaxError} */
export function parseTimeoutMs(text: string): number {
  const timeoutMs = parseDurationMs(text);
  if (timeoutMs > 0) return timeoutMs;
  throw new SyntaxError(`wanted a duration above 0, got "${text}"`);
}

/** A whole number from `least` to `most`. @throws {SyntaxError} */
function parseWhole(text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new SyntaxError(`wanted a whole number from ${least} to ${most}, got "${text}"`);
}

/** A port to listen on; 0 lets the system choose. @throws {SyntaxError} */
export function parsePort(text: string): number {
  return parseWhole(text, 0, 65_535);
}

/** A port to connect to. @throws {SyntaxError} */
export function parseRemotePort(text: string): number {
  return parseWhole(text, 1, 65_535);
}

/** A count of at least one. @throws {SyntaxError} */
export function parseCount(text: string): number {
  return parseWhole(text, 1, 1_000_000_000);
}

/** A host name or address. @throws {SyntaxError} */
export function parseHost(text: string): string {
  if (/^[^:]+:\d+$/.test(text)) {
    throw new SyntaxError(`wanted a host name or address alone, got "${text}"; see --port`);
  }
  const bare = text.replace(/^\[(.*)\]$/, "$1");
  if (/^[A-Za-z0-9.:_%-]{1,253}$/.test(bare)) return bare;
  throw new SyntaxError(`wanted a host name or address, got "${text}"`);
}
