import type { LogRecord } from "@logtape/logtape";
import { cutText } from "./cut_text.ts";
import type { LogLevel } from "./log_level.ts";
import { plainProperties } from "./plain_properties.ts";

/** Longest message: a peer may have a part in it. */
const MAX_MESSAGE_CHARS = 10_000;

/** A record as LogTape's sinks and formatters take it. */
export function logRecord(
  level: LogLevel,
  category: string,
  message: string,
  properties: Readonly<Record<string, unknown>> | undefined,
  wallUs: number,
): LogRecord {
  const text = cutText(message, MAX_MESSAGE_CHARS);
  return {
    category: category.split("."),
    level: level === "warn" ? "warning" : level,
    message: [text],
    rawMessage: text,
    timestamp: wallUs / 1000,
    properties: properties === undefined ? {} : plainProperties(properties),
  };
}
