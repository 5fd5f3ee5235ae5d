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

/** Longest duration: beyond, numbers of requests at high rates would no longer be whole. */
const LONGEST_MS = 100_000 * 3_600_000;

/**
 * A duration such as `250us`, `10ms`, `5s`, `2m`, `1h` in milliseconds; 0 is one.
 *
 * @param bareUnit what a bare number counts
 * @throws {SyntaxError}
 */
export function parseDurationMs(text: string, bareUnit: "us" | "ms" | "s" = "s"): number {
  const match = /^(\d+(?:\.\d+)?)([a-zµ]*)$/.exec(text);
  const unit = match?.[2] === "" ? bareUnit : match?.[2] ?? "";
  const factor = Object.hasOwn(DURATION_UNITS, unit) ? DURATION_UNITS[unit] : undefined;
  if (match === null || factor === undefined) {
    throw new SyntaxError(`wanted a duration such as 250us, 10ms, 5s, 2m or 1h, got "${text}"`);
  }
  const ms = Number(match[1]) * factor;
  if (ms <= LONGEST_MS) return ms;
  throw new SyntaxError(`wanted a duration of at most 100000h, got "${text}"`);
}

/** A duration above 0, in milliseconds; a bare number counts seconds. @throws {SyntaxError} */
export function parseTimeoutMs(text: string): number {
  const timeoutMs = parseDurationMs(text);
  if (timeoutMs > 0) return timeoutMs;
  throw new SyntaxError(`wanted a duration above 0, got "${text}"`);
}

const SIZE_UNITS: Readonly<Record<string, bigint>> = {
  "": 1n,
  k: 1000n,
  m: 1000n ** 2n,
  g: 1000n ** 3n,
  t: 1000n ** 4n,
  ki: 1024n,
  mi: 1024n ** 2n,
  gi: 1024n ** 3n,
  ti: 1024n ** 4n,
};

/**
 * A size such as `64KiB`, `2MB`, `1.5GiB` or `512` in bytes; a bare number counts bytes. k is 1000
 * and Ki is 1024, in upper or lower case; a part of a byte is left off.
 *
 * @throws {SyntaxError} also when the size is no safe integer
 */
export function parseSizeBytes(text: string): number {
  const match = /^(\d{1,16})(?:\.(\d{1,16}))?([kmgt]i?)?b?$/i.exec(text);
  const [, whole = "", fraction = "", unit = ""] = match ?? [];
  const factor = SIZE_UNITS[unit.toLowerCase()] ?? 1n;
  if (match === null || (fraction !== "" && factor === 1n)) {
    throw new SyntaxError(`wanted a size such as 512, 64KiB, 2MB or 1GiB, got "${text}"`);
  }
  const bytes = BigInt(whole + fraction) * factor / 10n ** BigInt(fraction.length);
  if (bytes <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(bytes);
  throw new SyntaxError(`wanted a size below 8192 TiB, got "${text}"`);
}

/** Highest rate that {@linkcode parseRate} takes, per second. */
const MAX_RATE = 1e7;

/** A rate such as `2000`, `2000/s`, `2k` or `0.5`, per second. @throws {SyntaxError} */
export function parseRate(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(k?)(?:\/s)?$/i.exec(text);
  const perSecond = Number(match?.[1]) * (match?.[2] ? 1000 : 1);
  if (perSecond > 0 && perSecond <= MAX_RATE) return perSecond;
  throw new SyntaxError(
    `wanted a rate per second above 0 and up to ${MAX_RATE}, such as 2000, 2k or 0.5, got "${text}"`,
  );
}

/** A whole number from `least` to `most`. @throws {SyntaxError} */
export function parseWhole(text: string, least: number, most: number): number {
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

/** A path of a file. @throws {SyntaxError} */
export function parsePath(text: string): string {
  if (text !== "" && !text.includes("\0")) return text;
  throw new SyntaxError(`wanted the path of a file, got "${text}"`);
}

const SWITCH_WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  "1": true,
  false: false,
  no: false,
  off: false,
  "0": false,
};

/** Whether something is on: `true`, `yes`, `on`, `1` or their opposites. @throws {SyntaxError} */
export function parseSwitch(text: string): boolean {
  const word = text.toLowerCase();
  const value = Object.hasOwn(SWITCH_WORDS, word) ? SWITCH_WORDS[word] : undefined;
  if (value !== undefined) return value;
  throw new SyntaxError(`wanted true or false, yes or no, on or off, 1 or 0, got "${text}"`);
}

/** `bash, zsh or fish` out of its words. */
export function anyOf(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}

/** What an option has that takes one of several words: spread it into the option. */
export function oneOf<const T extends string>(
  ...choices: readonly [T, ...T[]]
): { readonly choices: readonly T[]; readonly parse: (text: string) => T } {
  return {
    choices,
    parse(text) {
      const choice = choices.find((each) => each === text);
      if (choice !== undefined) return choice;
      throw new SyntaxError(`wanted ${anyOf(choices)}, got "${text}"`);
    },
  };
}
