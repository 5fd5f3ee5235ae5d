/**
 * Opens the log of a process.
 *
 * Records, sinks and formatters are LogTape's, its `configure` is not used: that is global to a real
 * process, and tests run many fake ones in one. What it would do, deciding by level and category
 * where a record goes, takes one comparison here. Of LogTape only types are imported: it takes 8 ms
 * to load, and who logs to standard error alone should not wait for it. `@logtape/file` is loaded
 * with the first log file.
 */
import type { Sink } from "@logtape/logtape";
import type { TramContext } from "../context.ts";
import { FileSink } from "./file_sink.ts";
import { detailedLine, jsonLine, shortLine, textLine } from "./format_record.ts";
import type { Log } from "./log.ts";
import type { LogFormat } from "./log_format.ts";
import type { LogThreshold } from "./log_level.ts";
import { type LogLevels, thresholdOf } from "./log_levels.ts";
import { logRecord } from "./log_record.ts";
import { type Outlet, RootLogger } from "./root_logger.ts";

/** Options of {@linkcode openLog}. */
export interface OpenLogOptions {
  /** Where output, time and files come from. */
  readonly context: Pick<TramContext, "process" | "clock" | "logFiles">;
  /** Which tool logs, e.g. `timer-serve`: the placeholder `{service}`. */
  readonly service: string;
  /** The placeholder `{id}`; keeps processes that would share a file apart. */
  readonly id: string;
  /** Category of the log itself. @default {`service` up to its first hyphen} */
  readonly category?: string;
  /** As `--log-level` has it. */
  readonly levels: LogLevels;
  /** As `--log-file` has it. @default {no file} */
  readonly file?: string | undefined;
  /** Lines for people, or JSON lines; for standard error and the file. @default {"text"} */
  readonly format?: LogFormat;
  /**
   * The least level that standard error gets, whatever `levels` say: `warn` keeps it quiet where
   * standard output has the events already. @default {"debug"}
   */
  readonly stderrLevel?: LogThreshold;
  /** More of LogTape's sinks. @default {none} */
  readonly sinks?: readonly Sink[];
}

/** A file gives way to the next at 2 MB; five are kept. */
const LIMITS = { maxFileBytes: 2_000_000, maxFiles: 5 } as const;

/**
 * Opens the log of a process.
 *
 * @throws {Error} when the log file cannot be opened; one line
 */
export async function openLog(options: OpenLogOptions): Promise<Log> {
  const { context, service, id, levels, format = "text", stderrLevel = "debug" } = options;
  const { clock, process: { stderr } } = context;
  const isDetailed = (category: string) => thresholdOf(levels, category) === "debug";
  const toStderr: Sink = (record) => {
    const formatter = format === "json"
      ? jsonLine
      : isDetailed(record.category.join("."))
      ? detailedLine
      : shortLine;
    stderr.write(formatter(record));
  };
  const outlets: Outlet[] = [{ sink: toStderr, least: stderrLevel, isForPeople: true }];
  for (const sink of options.sinks ?? []) outlets.push({ sink, least: "debug" });
  const files = options.file === undefined ? undefined : await context.logFiles();
  let fileSink: FileSink | undefined;
  if (files !== undefined && options.file !== undefined) {
    const sink = fileSink = new FileSink({
      files,
      limits: LIMITS,
      name: options.file,
      service,
      id,
      formatter: format === "json" ? jsonLine : textLine,
      clock,
      onTrouble: (message) => {
        toStderr(logRecord("warn", "log", message, undefined, clock.wallUs()));
      },
    });
    outlets.push({ sink: (record) => sink.write(record), least: "debug" });
  }
  const log = new RootLogger({
    clock,
    levels,
    outlets,
    category: options.category ?? service.split("-", 1)[0] ?? service,
    flush: () => fileSink?.flush(),
    close() {
      exit?.[Symbol.dispose]();
      fileSink?.[Symbol.dispose]();
    },
  });
  const exit = files?.atExit(() => log.flush());
  return log;
}
