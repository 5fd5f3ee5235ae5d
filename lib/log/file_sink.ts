/**
 * Records into files whose name holds the date. Lines are collected and written in batches:
 *
 * 1. at once when a record is a warning or an error, or 64 KiB have come together,
 * 2. else within a second, by the clock of the records or a call that keeps no process alive,
 * 3. at the latest by `flush`, which is synchronous, so that it can be the last thing a process does.
 *
 * A batch that cannot be written is kept and tried again once a second. What comes meanwhile is kept
 * up to 64 KiB and counted beyond; once writing goes on, a line says how many records were lost.
 */
import type { LogRecord, TextFormatter } from "@logtape/logtape";
import type { Clock, Timer } from "../clock/clock.ts";
import { formatCount } from "../terminal/format_count.ts";
import { LocalDay } from "./local_day.ts";
import { fillLogFileName } from "./log_file_name.ts";
import type { LogFile, LogFileLimits, LogFiles } from "./log_files.ts";
import { logRecord } from "./log_record.ts";

/** What a {@linkcode FileSink} is made of. */
export interface FileSinkOptions {
  readonly files: LogFiles;
  readonly limits: LogFileLimits;
  /** Name of the file, checked by `parseLogFile`. */
  readonly name: string;
  readonly service: string;
  readonly id: string;
  readonly formatter: TextFormatter;
  readonly clock: Clock;
  /** Told in one line what is wrong with the file: once when it begins, and what was lost at the end. */
  readonly onTrouble: (message: string) => void;
}

const MAX_BATCH_CHARS = 64 * 1024;
const FLUSH_MS = 1000;

/** Records into files. */
export class FileSink implements Disposable {
  readonly #options: FileSinkOptions;
  readonly #day = new LocalDay();
  #date: string;
  #path: string;
  #file: LogFile | undefined;
  #lines = "";
  /** When the batch was begun or last tried, in milliseconds since 1970. */
  #sinceMs = 0;
  #flushTimer: Timer | undefined;
  #isFailing = false;
  #lostCount = 0;
  #isClosed = false;

  /** @throws {Error} when the file cannot be opened */
  constructor(options: FileSinkOptions) {
    this.#options = options;
    this.#date = this.#day.dateAt(options.clock.wallUs() / 1000);
    this.#path = this.#pathOf(this.#date);
    try {
      this.#file = options.files.open(this.#path, options.limits);
    } catch (error) {
      throw new Error(`Cannot open log file ${this.#path}: ${reasonOf(error)}`, { cause: error });
    }
  }

  /** Takes a record. Never throws. */
  write(record: LogRecord): void {
    if (this.#isClosed) return; // standard error still has it
    const nowMs = record.timestamp;
    const date = this.#day.dateAt(nowMs);
    if (date !== this.#date) this.#changeDate(date);
    if (this.#isFailing && this.#lines.length >= MAX_BATCH_CHARS) this.#lostCount++;
    else this.#lines += this.#options.formatter(record);
    if (this.#flushTimer === undefined) {
      this.#sinceMs = nowMs;
      this.#flushSoon();
    }
    // A step back of the wall clock must not put the flush off.
    const isOld = nowMs >= this.#sinceMs + FLUSH_MS || nowMs < this.#sinceMs;
    const isUrgent = record.level !== "debug" && record.level !== "info";
    const isDue = isUrgent || this.#lines.length >= MAX_BATCH_CHARS;
    if (isOld || (isDue && !this.#isFailing)) this.flush();
  }

  /** Writes all that was collected. Synchronous. Never throws. */
  flush(): void {
    this.#flushTimer?.cancel();
    this.#flushTimer = undefined;
    if (this.#lines === "" && this.#lostCount === 0) return;
    const { clock, files, limits, onTrouble } = this.#options;
    try {
      this.#file ??= files.open(this.#path, limits);
      this.#file.write(this.#lines + this.#lostLine());
      this.#lines = "";
      this.#lostCount = 0;
      this.#isFailing = false;
    } catch (error) {
      this.#sinceMs = clock.wallUs() / 1000;
      if (!this.#isClosed) this.#flushSoon();
      if (this.#isFailing) return;
      this.#isFailing = true;
      onTrouble(`Cannot write log file ${this.#path}: ${reasonOf(error)}; going on without it`);
    }
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.flush();
    this.#flushTimer?.cancel();
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
    const lost = this.#lostCount + this.#lines.split("\n").length - 1;
    if (lost > 0) this.#options.onTrouble(`${lostText(lost)}: cannot write ${this.#path}`);
    this.#lines = "";
    this.#lostCount = 0;
  }

  #pathOf(date: string): string {
    const { name, service, id } = this.#options;
    return fillLogFileName(name, { service, id, date });
  }

  /** What is left of the old day goes into its file, or into the new one where that fails. */
  #changeDate(date: string): void {
    this.#date = date;
    const path = this.#pathOf(date);
    if (path === this.#path) return;
    this.flush();
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
    this.#path = path;
  }

  #flushSoon(): void {
    this.#flushTimer = this.#options.files.after(FLUSH_MS, () => this.flush());
  }

  #lostLine(): string {
    const { clock, formatter } = this.#options;
    const lost = this.#lostCount;
    if (lost === 0) return "";
    const message = `${lostText(lost)} while this file could not be written`;
    return formatter(logRecord("warn", "log", message, { lost }, clock.wallUs()));
  }
}

function lostText(count: number): string {
  return count === 1 ? "1 log record was lost" : `${formatCount(count)} log records were lost`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
