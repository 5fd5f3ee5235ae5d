import type { Sink } from "@logtape/logtape";
import type { Clock } from "../clock/clock.ts";
import { FloodLimit, type FloodRate, type HeldBack } from "./flood_limit.ts";
import { formatCount } from "../terminal/format_count.ts";
import type { Log, Logger, LogProperties } from "./log.ts";
import { LEVEL_RANK, type LogLevel, type LogThreshold } from "./log_level.ts";
import { type LogLevels, thresholdOf } from "./log_levels.ts";
import { logRecord } from "./log_record.ts";

/** Somewhere that records go. */
export interface Outlet {
  readonly sink: Sink;
  /** From which level on. */
  readonly least: LogThreshold;
  /** Standard error, where the last line stands in any case. @default {false} */
  readonly isForPeople?: boolean;
}

/** What a {@linkcode RootLogger} is made of. */
export interface RootLoggerOptions {
  readonly clock: Clock;
  readonly levels: LogLevels;
  readonly outlets: readonly Outlet[];
  readonly category: string;
  /** Writes what the sinks have collected. */
  readonly flush: () => void;
  /** Closes the sinks. */
  readonly close: () => void;
}

/** Most kinds that are told apart when a flood is held back. */
const MAX_KINDS = 256;

/** What the loggers of one process have in common. */
class Dispatch {
  readonly options: RootLoggerOptions;
  readonly #flood = new FloodLimit({ maxKeys: MAX_KINDS });
  /** Level, category and kind by key of the flood limit. */
  readonly #kinds = new Map<string, { level: LogLevel; category: string; kind: string }>();

  constructor(options: RootLoggerOptions) {
    this.options = options;
  }

  emit(level: LogLevel, category: string, message: string, properties?: LogProperties): void {
    if (this.#kinds.size > 0) this.#tell(this.#flood.due(this.options.clock.monotonicNs()));
    this.#write(level, category, message, properties);
  }

  /** Whether one more of `kind` may be logged. */
  mayPass(level: LogLevel, category: string, kind: string, rate?: FloodRate): boolean {
    const nowNs = this.options.clock.monotonicNs();
    this.#tell(this.#flood.due(nowNs));
    const key = `${level} ${category} ${kind}`;
    if (this.#kinds.size < MAX_KINDS) this.#kinds.set(key, { level, category, kind });
    return this.#flood.take(key, nowNs, rate);
  }

  tellAll(): void {
    this.#tell(this.#flood.drain());
  }

  #tell(held: readonly HeldBack[]): void {
    for (const { key, count, sinceNs } of held) {
      const { level, category, kind } = this.#kinds.get(key) ??
        { level: "info", category: "log", kind: key };
      const seconds = Math.max(1, Math.ceil((this.options.clock.monotonicNs() - sinceNs) / 1e9));
      const message = `${formatCount(count)} more like this in the last ${seconds} s (${kind})`;
      this.#write(level, category, message, { kind, count, seconds });
    }
  }

  /** Writes to what is not for people. */
  emitLast(category: string, message: string): void {
    const outlets = this.options.outlets.filter(({ isForPeople = false }) => !isForPeople);
    this.#write("error", category, message, undefined, outlets);
  }

  #write(
    level: LogLevel,
    category: string,
    message: string,
    properties?: LogProperties,
    outlets = this.options.outlets,
  ): void {
    const { clock } = this.options;
    const record = logRecord(level, category, message, properties, clock.wallUs());
    for (const { sink, least } of outlets) {
      if (LEVEL_RANK[level] < LEVEL_RANK[least]) continue;
      try {
        sink(record);
      } catch {
        // What cannot be logged must not end what is being logged.
      }
    }
  }
}

class CategoryLogger implements Logger {
  readonly category: string;
  protected readonly dispatch: Dispatch;
  /** Rank of the least level that is on. */
  readonly #least: number;

  constructor(dispatch: Dispatch, category: string) {
    this.dispatch = dispatch;
    this.category = category;
    this.#least = LEVEL_RANK[thresholdOf(dispatch.options.levels, category)];
  }

  isOn(level: LogLevel): boolean {
    return LEVEL_RANK[level] >= this.#least;
  }

  log(level: LogLevel, message: string | (() => string), properties?: LogProperties): void {
    if (LEVEL_RANK[level] < this.#least) return;
    this.dispatch.emit(level, this.category, textOf(message), properties);
  }

  debug(message: string | (() => string), properties?: LogProperties): void {
    this.log("debug", message, properties);
  }

  info(message: string | (() => string), properties?: LogProperties): void {
    this.log("info", message, properties);
  }

  warn(message: string | (() => string), properties?: LogProperties): void {
    this.log("warn", message, properties);
  }

  error(message: string | (() => string), properties?: LogProperties): void {
    this.log("error", message, properties);
  }

  logLimited(
    level: LogLevel,
    kind: string,
    message: string | (() => string),
    properties?: LogProperties,
    rate?: FloodRate,
  ): void {
    if (LEVEL_RANK[level] < this.#least) return;
    if (!this.dispatch.mayPass(level, this.category, kind, rate)) return;
    this.log(level, message, properties);
  }

  child(category: string): Logger {
    const name = category.startsWith(".") ? `${this.category}${category}` : category;
    return new CategoryLogger(this.dispatch, name);
  }
}

/** The log of a process; made by `openLog`. */
export class RootLogger extends CategoryLogger implements Log {
  constructor(options: RootLoggerOptions) {
    super(new Dispatch(options), options.category);
  }

  flush(): void {
    this.dispatch.tellAll();
    this.dispatch.options.flush();
  }

  lastWord(message: string): void {
    if (this.isOn("error")) this.dispatch.emitLast(this.category, message);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.flush();
    this.dispatch.options.close();
    return Promise.resolve();
  }
}

function textOf(message: string | (() => string)): string {
  if (typeof message === "string") return message;
  try {
    return message();
  } catch (error) {
    return `a message that could not be made: ${error}`;
  }
}
