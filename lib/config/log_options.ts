/** The flags about logging that every command has. */
import type { Options } from "./option.ts";
import { parseLogFile } from "../log/log_file_name.ts";
import type { LogFormat } from "../log/log_format.ts";
import { parseLogLevels } from "../log/log_levels.ts";

/** The flags about logging that every command has. */
export const logOptions = {
  logLevel: {
    kind: "value",
    parse: parseLogLevels,
    default: "info",
    placeholder: "LEVELS",
    brief: "What to log: debug, info, warn, error or off; also by category: info,transport=debug",
    common: true,
  },
  logFile: {
    kind: "value",
    parse: parseLogFile,
    placeholder: "FILE",
    brief: "Log to this file too; it may hold {service}, {id} and {date}",
    completes: "file",
    common: true,
  },
  logFormat: {
    kind: "value",
    parse: (text: string): LogFormat => text === "json" ? "json" : "text",
    choices: ["text", "json"],
    default: "text",
    placeholder: "FORMAT",
    brief: "Log text or JSON lines",
    common: true,
  },
} as const satisfies Options;
