/** Log files in a map, on a disk that can be full, on a fake clock. */
import type { Clock, Timer } from "../../lib/clock/clock.ts";
import type { LogFile, LogFileLimits, LogFiles } from "../../lib/log/log_files.ts";

/** Log files in a map. */
export class FakeLogFiles implements LogFiles {
  /** Contents by path. */
  readonly texts = new Map<string, string>();
  /** What opening and writing fail with. */
  trouble: string | undefined;
  /** How often a file was written to, in vain or not. */
  writeCount = 0;
  readonly openPaths = new Set<string>();
  readonly #clock: Clock;
  readonly #exits = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  open(path: string, { maxFileBytes, maxFiles }: LogFileLimits): LogFile {
    this.#check();
    this.openPaths.add(path);
    this.texts.set(path, this.texts.get(path) ?? "");
    return {
      write: (lines) => {
        this.writeCount++;
        this.#check();
        const before = this.texts.get(path) ?? "";
        const isFull = before.length + lines.length > maxFileBytes;
        if (isFull) this.#rotate(path, maxFiles);
        this.texts.set(path, isFull ? lines : before + lines);
      },
      [Symbol.dispose]: () => void this.openPaths.delete(path),
    };
  }

  after(delayMs: number, run: () => void): Timer {
    return this.#clock.after(delayMs, run);
  }

  atExit(run: () => void): Disposable {
    this.#exits.add(run);
    return { [Symbol.dispose]: () => void this.#exits.delete(run) };
  }

  /** What `Deno.exit` does. */
  exit(): void {
    for (const run of this.#exits) run();
  }

  #check(): void {
    if (this.trouble !== undefined) throw new Error(this.trouble);
  }

  #rotate(path: string, maxFiles: number): void {
    for (let age = maxFiles - 1; age > 0; age--) {
      const younger = this.texts.get(age === 1 ? path : `${path}.${age - 1}`);
      if (younger !== undefined) this.texts.set(`${path}.${age}`, younger);
    }
  }
}
