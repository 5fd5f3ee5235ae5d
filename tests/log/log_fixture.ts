/** A log with a fake clock, files in a map and kept output. */
import { FakeClock } from "../../lib/clock/fake_clock.ts";
import type { Log } from "../../lib/log/log.ts";
import { parseLogLevels } from "../../lib/log/log_levels.ts";
import { openLog, type OpenLogOptions } from "../../lib/log/open_log.ts";
import { endedInput } from "../fake_input.ts";
import { FakeLogFiles } from "./fake_log_files.ts";

/** Half past twelve, local time, so that no time zone puts a second of it into another day. */
const START_MS: number = new Date(2026, 2, 1, 12, 30).getTime();

/** A world for a log. */
export class LogFixture {
  readonly clock: FakeClock;
  readonly files: FakeLogFiles;
  /** What standard error got. */
  stderr = "";

  constructor(startMs: number = START_MS) {
    this.clock = new FakeClock(startMs * 1000);
    this.files = new FakeLogFiles(this.clock);
  }

  /** Opens a log of `timer-serve`. */
  open(
    options: Partial<Omit<OpenLogOptions, "context" | "levels">> & { levels?: string } = {},
  ): Promise<Log> {
    const output = {
      write: () => {},
      columns: undefined,
      isTerminal: false,
      hasColor: false,
    };
    const stderr = { ...output, write: (text: string) => void (this.stderr += text) };
    return openLog({
      service: "timer-serve",
      id: "7",
      ...options,
      levels: parseLogLevels(options.levels ?? "info"),
      context: {
        process: { stdin: endedInput(), stdout: output, stderr, env: {} },
        clock: this.clock,
        logFiles: () => Promise.resolve(this.files),
      },
    });
  }

  /** Text of a log file. */
  text(path: string): string {
    return this.files.texts.get(path) ?? "";
  }
}
