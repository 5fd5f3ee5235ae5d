/** What logging needs of a disk. `real_log_files.ts` has the real one; tests build their own. */
import type { Timer } from "../clock/clock.ts";

/** When a file gives way to the next, and how many are kept. */
export interface LogFileLimits {
  /** Most bytes of one file. */
  readonly maxFileBytes: number;
  /** How many files in all: `a.log`, and the older ones `a.log.1`, `a.log.2` and so on. */
  readonly maxFiles: number;
}

/** A file that is appended to and gives way to a new one when it is full. */
export interface LogFile extends Disposable {
  /**
   * Appends whole lines, all or none.
   *
   * @throws {Error} when they could not be written; later they may
   */
  write(lines: string): void;
}

/** What logging needs of a disk and of the process. Everything is synchronous: so is the end. */
export interface LogFiles {
  /**
   * Opens a file; makes it and its folder where there are none.
   *
   * @throws {Error} when that cannot be done
   */
  open(path: string, limits: LogFileLimits): LogFile;
  /** As `Clock.after`, but a pending call does not keep the process alive. */
  after(delayMs: number, run: () => void): Timer;
  /** Has `run` called when the process ends without a word: by `Deno.exit` or by an error. */
  atExit(run: () => void): Disposable;
}
