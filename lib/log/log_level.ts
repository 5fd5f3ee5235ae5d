/** How much a record matters, the least first. */
const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** How much a record matters. */
export type LogLevel = typeof LOG_LEVELS[number];

/** The least level that is wanted; `off` wants none. */
export type LogThreshold = LogLevel | "off";

/** Order of levels: a record is wanted when its rank is not below that of the threshold. */
export const LEVEL_RANK: Readonly<Record<LogThreshold, number>> = {
  debug: 0,
  info: 1,
  warn: 2,
  error: 3,
  off: 4,
};
