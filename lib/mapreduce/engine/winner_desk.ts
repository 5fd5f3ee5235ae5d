/** Makes winners durable: only then does anybody use what they made. */
import { attemptKey, type AttemptName } from "./attempt_name.ts";
import type { JobRecord } from "./job_record.ts";
import type { MapDone, ReduceDone } from "./messages.ts";
import type { OutputDesk } from "./output_desk.ts";
import type { Winner } from "./scheduler_types.ts";
import type { WorkerLine } from "./worker_line.ts";

/** What an attempt said that is through, and where it ran. */
interface Said {
  readonly line: WorkerLine;
  readonly done: MapDone | ReduceDone;
}

/** A winner that is on the disk. */
export interface Recorded extends Said {
  readonly name: AttemptName;
}

/** Options of a {@linkcode WinnerDesk}. */
export interface WinnerDeskOptions {
  readonly outputs: Pick<OutputDesk, "commit">;
  /** Where it is written, from the start of the run on. */
  readonly record: () => JobRecord | undefined;
  readonly onRecorded: (recorded: Recorded) => void;
  /** Told when the disk takes no more. */
  readonly onFailure: (error: unknown) => void;
}

/** Makes winners durable. */
export class WinnerDesk {
  readonly #options: WinnerDeskOptions;
  readonly #said = new Map<string, Said>();
  /** What is on its way to the disk. None of it rejects. */
  readonly #writing = new Set<Promise<void>>();

  /** A desk with nothing on it. */
  constructor(options: WinnerDeskOptions) {
    this.#options = options;
  }

  /** An attempt is through, and may be a winner. */
  said(line: WorkerLine, done: MapDone | ReduceDone): void {
    this.#said.set(attemptKey(done.name), { line, done });
  }

  /** Whether an attempt is on its way to the disk. */
  has(key: string): boolean {
    return this.#said.has(key);
  }

  /** Writes a winner, which said what it has done. */
  record(winner: Winner): void {
    this.#keep(this.#record(winner));
  }

  /** Writes that a map task is left out. */
  lose(task: number, message: string): void {
    this.#keep(this.#lose(task, message));
  }

  /** Resolves when all is written. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing);
  }

  async #record(winner: Winner): Promise<void> {
    const { outputs, record, onRecorded, onFailure } = this.#options;
    const { epoch, kind, task, attempt } = winner;
    const name = { epoch, kind, task, attempt };
    const key = attemptKey(name);
    const said = this.#said.get(key);
    try {
      if (said === undefined) throw new TypeError(`Cannot record ${key}: it said nothing`);
      if (kind === "reduce") await outputs.commit(name);
      await record()?.win(winner, said.done);
    } catch (error) {
      return onFailure(error);
    } finally {
      this.#said.delete(key);
    }
    onRecorded({ name, ...said });
  }

  async #lose(task: number, message: string): Promise<void> {
    try {
      await this.#options.record()?.lose(task, message);
    } catch (error) {
      this.#options.onFailure(error);
    }
  }

  #keep(writing: Promise<void>): void {
    this.#writing.add(writing);
    void writing.then(() => this.#writing.delete(writing));
  }
}
