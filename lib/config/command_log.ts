import type { TramContext } from "../context.ts";
import type { Log } from "../log/log.ts";
import type { LogFormat } from "../log/log_format.ts";
import type { LogLevels } from "../log/log_levels.ts";
import { openLog } from "../log/open_log.ts";
import type { CommandTable } from "./command.ts";
import { logOptions } from "./log_options.ts";

/** Variable that numbers the copies of a role. */
const INDEX_VARIABLE = "TRAM_INDEX";

/**
 * The log of a command, as its options have it. Where events go to standard output as JSON, standard
 * error only gets what somebody should look at.
 *
 * @throws {Error} when the log file cannot be opened
 */
export function openCommandLog(
  context: TramContext,
  { path }: CommandTable,
  values: Readonly<Record<string, unknown>>,
): Promise<Log> {
  const { logLevel = logOptions.logLevel.parse(logOptions.logLevel.default), logFile, logFormat } =
    values as {
      readonly logLevel?: LogLevels;
      readonly logFile?: string;
      readonly logFormat?: LogFormat;
    };
  return openLog({
    context,
    service: path.join("-"),
    id: context.process.env[INDEX_VARIABLE] || String(context.pid),
    levels: logLevel,
    file: logFile,
    format: logFormat ?? "text",
    stderrLevel: values["json"] === true ? "warn" : "debug",
  });
}
