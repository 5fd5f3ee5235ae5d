import type { Clock } from "../clock/clock.ts";
import { ExitCode } from "../config/exit_code.ts";
import { sleep } from "../clock/sleep.ts";
import type { Logger } from "../log/log.ts";
import { safeText } from "../terminal/safe_text.ts";
import type { Address } from "../transport/network.ts";
import type { MapreduceHost, WorkerProcess } from "./host.ts";

/** Workers that are killed are replaced so often for each that was wanted. */
const REPLACEMENTS_EACH = 3;

/** Time that workers have to end by themselves when the job is over, in milliseconds. */
const END_MS = 5000;

/** What local workers are made of. */
export interface LocalWorkersParts {
  readonly host: MapreduceHost;
  readonly clock: Clock;
  readonly log: Logger;
  /** How many there shall be. */
  readonly count: number;
  /** What a worker is started with. */
  readonly args: (coordinator: Address) => readonly string[];
  /** First line of its standard input: the token. */
  readonly line: string;
  /** Told when the last of them has ended and none is started any more. */
  readonly onGone: (why: string) => void;
}

/** Worker processes on this machine: those that are killed are replaced; all end with this one. */
export class LocalWorkers implements AsyncDisposable {
  readonly #parts: LocalWorkersParts;
  readonly #running = new Set<WorkerProcess>();
  #replacements: number;
  #lastLine = "";
  #isEnding = false;

  constructor(parts: LocalWorkersParts) {
    this.#parts = parts;
    this.#replacements = parts.count * REPLACEMENTS_EACH;
  }

  /** Starts them. */
  start(coordinator: Address): void {
    for (let i = 0; i < this.#parts.count; i++) this.#start(coordinator);
  }

  /** The job is over: they end by themselves. */
  expectEnd(): void {
    this.#isEnding = true;
  }

  /** Ends those that are still there, after a while by force. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    const all = [...this.#running];
    if (all.length === 0) return;
    const over = new AbortController();
    const ended = Promise.all(all.map(({ ended }) => ended));
    const late = sleep(this.#parts.clock, END_MS, over.signal).catch(() => {});
    for (const worker of all) worker.stop();
    await Promise.race([ended, late]);
    over.abort();
    for (const worker of this.#running) worker.kill();
    await ended;
  }

  #start(coordinator: Address): void {
    const { host, args, line, log } = this.#parts;
    let worker: WorkerProcess;
    try {
      worker = host.startWorker({
        args: args(coordinator),
        line,
        onLine: (text) => {
          if (this.#isEnding) return;
          this.#lastLine = text.replace(/^tram: (?:(?:warning|error): )?/, "");
          log.warn(this.#lastLine);
        },
      });
    } catch (error) {
      this.#lastLine = error instanceof Error ? error.message : String(error);
      return this.#onEnd(coordinator, false);
    }
    this.#running.add(worker);
    worker.ended.then(({ code, signal }) => {
      this.#running.delete(worker);
      // Who ends well was told that the job is over, maybe before this one was.
      if (this.#isEnding || code === ExitCode.Done && signal === undefined) return;
      const how = signal === undefined ? `with ${code}` : `by ${signal}`;
      log.warn(`worker process ${worker.pid} ended ${how}`);
      // Another one would say the same.
      const isHopeless = code === ExitCode.Failed || code === ExitCode.Usage;
      this.#onEnd(coordinator, !isHopeless);
    });
  }

  #onEnd(coordinator: Address, isReplaced: boolean): void {
    if (this.#isEnding) return;
    if (isReplaced && this.#replacements-- > 0) return this.#start(coordinator);
    if (this.#running.size > 0) return;
    const why = this.#lastLine === "" ? "" : `; the last one said: ${safeText(this.#lastLine)}`;
    this.#parts.onGone(`all workers have ended${why}`);
  }
}
