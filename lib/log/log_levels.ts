import { LEVEL_RANK, type LogThreshold } from "./log_level.ts";

/** The least level that is wanted, for everything and for single categories. */
export interface LogLevels {
  /** For categories that are not named. */
  readonly base: LogThreshold;
  /** By category; a name also stands for what is below it: `timer` for `timer.serve`. */
  readonly byCategory: ReadonlyMap<string, LogThreshold>;
}

function parseThreshold(text: string): LogThreshold {
  if (Object.hasOwn(LEVEL_RANK, text)) return text as LogThreshold;
  throw new SyntaxError(`wanted debug, info, warn, error or off, got "${text}"`);
}

/**
 * Levels such as `warn`, or `info,transport=debug,timer=error`.
 *
 * @throws {SyntaxError} one line that names what would be right
 */
export function parseLogLevels(text: string): LogLevels {
  let base: LogThreshold | undefined;
  const byCategory = new Map<string, LogThreshold>();
  for (const part of text.split(",").map((part) => part.trim())) {
    const [, category, level] = /^([^=]*)=(.*)$/.exec(part) ?? [];
    if (category === undefined || level === undefined) {
      const threshold = parseThreshold(part);
      if (base !== undefined) {
        throw new SyntaxError(`wanted one level for everything, got "${base}" and "${threshold}"`);
      }
      base = threshold;
    } else if (!/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$/.test(category)) {
      throw new SyntaxError(`wanted a category such as timer before "=", got "${category}"`);
    } else if (byCategory.has(category)) {
      throw new SyntaxError(`wanted one level for "${category}", got two`);
    } else {
      byCategory.set(category, parseThreshold(level));
    }
  }
  return { base: base ?? "info", byCategory };
}

/** The level that is wanted of `category`: of the nearest name above it that was given one. */
export function thresholdOf({ base, byCategory }: LogLevels, category: string): LogThreshold {
  for (let name = category; name !== "";) {
    const threshold = byCategory.get(name);
    if (threshold !== undefined) return threshold;
    name = name.slice(0, Math.max(0, name.lastIndexOf(".")));
  }
  return base;
}
