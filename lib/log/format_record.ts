/**
 * Records as lines, each with its line feed. What a peer sent may be in the message and in the
 * properties, so everything is made safe here, where it leaves. The formatters have LogTape's type
 * and are our own, so that a process that logs to standard error only need not load LogTape.
 */
import type { LogRecord, TextFormatter } from "@logtape/logtape";
import { safeJson, safeText } from "../terminal/safe_text.ts";

const PREFIXES: Readonly<Record<LogRecord["level"], string>> = {
  trace: "",
  debug: "",
  info: "",
  warning: "warning: ",
  error: "error: ",
  fatal: "error: ",
};

function levelName({ level }: LogRecord): string {
  return level === "warning" ? "warn" : level;
}

function isoTime({ timestamp }: LogRecord): string {
  const time = new Date(timestamp);
  return Number.isNaN(time.getTime()) ? String(timestamp) : time.toISOString();
}

/** For people at a terminal: `tram: warning: MESSAGE`. */
export const shortLine: TextFormatter = (record) =>
  `tram: ${PREFIXES[record.level]}${safeText(record.message.join(""))}\n`;

/** For people at a terminal who look for something: with time, level and category. */
export const detailedLine: TextFormatter = (record) => `tram: ${textLine(record)}`;

/** For files: `TIME LEVEL CATEGORY: MESSAGE`. */
export const textLine: TextFormatter = (record) => {
  const category = safeText(record.category.join("."));
  const message = safeText(record.message.join(""));
  return `${isoTime(record)} ${levelName(record)} ${category}: ${message}\n`;
};

/** For programs: an object with `time`, `level`, `category`, `message` and `properties`. */
export const jsonLine: TextFormatter = (record) =>
  `${
    safeJson({
      time: isoTime(record),
      level: levelName(record),
      category: record.category.join("."),
      message: record.message.join(""),
      properties: record.properties,
    })
  }\n`;
