/**
 * What everything in tram logs to.
 *
 * 1. No method throws, waits or calls back into the caller.
 * 2. A record whose level is off costs a comparison: a message that takes work is given as a
 *    function.
 * 3. Messages and properties may hold what a peer sent; they are made safe where they are written.
 * 4. Secrets do not belong in messages. Properties with the name of a secret are redacted.
 */
import type { FloodRate } from "./flood_limit.ts";
import type { LogLevel } from "./log_level.ts";

/** Data that goes with a record; see `plainProperties`. */
export type LogProperties = Readonly<Record<string, unknown>>;

/** Logs under one category. */
export interface Logger {
  /** For instance `timer`, or `timer.serve` below it. */
  readonly category: string;
  /** Whether records of `level` go anywhere. */
  isOn(level: LogLevel): boolean;
  /** Logs. `message` is one line, without a period at its end. */
  log(level: LogLevel, message: string | (() => string), properties?: LogProperties): void;
  /** What only somebody who looks for something wants to read. */
  debug(message: string | (() => string), properties?: LogProperties): void;
  /** What happens in the ordinary course. */
  info(message: string | (() => string), properties?: LogProperties): void;
  /** What somebody should look at. */
  warn(message: string | (() => string), properties?: LogProperties): void;
  /** What failed. */
  error(message: string | (() => string), properties?: LogProperties): void;
  /**
   * Logs what a peer can cause as often as it likes: a burst of a `kind` is let through, the rest is
   * counted, and a line says how many.
   *
   * @param kind few and short, e.g. `refused full`; never what a peer sent
   * @param rate how much of the kind is let through; the same each time
   */
  logLimited(
    level: LogLevel,
    kind: string,
    message: string | (() => string),
    properties?: LogProperties,
    rate?: FloodRate,
  ): void;
  /** A logger for `category`, or for what is below this one's when it begins with a dot. */
  child(category: string): Logger;
}

/** The log of a process; disposing it writes everything and closes the files. */
export interface Log extends Logger, AsyncDisposable {
  /**
   * Writes everything, also how much of floods was held back, synchronously; the log goes on. For the
   * last moment of a process. With a log file it is called by itself when the process ends by
   * `Deno.exit` or an uncaught error.
   */
  flush(): void;
  /**
   * Logs why the process ends to files alone: standard error gets that line in any case, whatever the
   * levels are.
   */
  lastWord(message: string): void;
}
