/** Runs a job in this process, one task after the other: the plain way, and the oracle of the other one. */
import { attemptKey, type AttemptName } from "./attempt_name.ts";
import type { CoordinatorParts } from "./coordinator_types.ts";
import { extendCrc32 } from "../input/extend_crc32.ts";
import { type Folder, FolderError } from "./folder.ts";
import { JobRecord } from "./job_record.ts";
import { type JobResult, partName } from "./job_result.ts";
import type { MapDone } from "./messages.ts";
import { OutputDesk } from "./output_desk.ts";
import { TaskError, type TaskRunner } from "./task_runner.ts";

/** What is needed to run a job in this process. */
export interface SequentialParts extends
  Pick<
    CoordinatorParts,
    "clock" | "plan" | "output" | "isResumed" | "run" | "signal" | "onEvent"
  > {
  readonly runner: TaskRunner;
  /** A folder of its own, empty. */
  readonly folder: Folder;
  /** Told how far the task is that runs: bytes and records, and bytes that did not fit into memory. */
  readonly onProgress?: (
    name: AttemptName,
    bytes: number,
    records: number,
    status?: string,
    spilledBytes?: number,
  ) => void;
}

/** Id of the only worker. */
const SELF = "self";

/**
 * Runs a job to its end. A task is tried once: there is nobody else who could.
 *
 * @throws {FolderError} when the output cannot be begun
 * @throws {JournalError} when it cannot be resumed
 */
export async function runSequential(parts: SequentialParts): Promise<JobResult> {
  const startNs = parts.clock.monotonicNs();
  const record = await JobRecord.open(parts);
  const run = new SequentialRun(parts, record);
  try {
    await OutputDesk.tidy(parts.output);
    const result = await record.finish(await run.run());
    const wallMs = (parts.clock.monotonicNs() - startNs) / 1e6;
    return { ...result, attempts: run.attempts, backups: 0, refused: 0, wallMs };
  } finally {
    record.close();
    await run.tidy();
  }
}

class SequentialRun {
  attempts = 0;
  readonly #parts: SequentialParts;
  readonly #record: JobRecord;
  readonly #maps = new Map<number, MapDone>();

  constructor(parts: SequentialParts, record: JobRecord) {
    this.#parts = parts;
    this.#record = record;
  }

  async run(): Promise<Pick<JobResult, "outcome" | "code" | "message">> {
    const { plan, signal } = this.#parts;
    const reduced = new Set(
      this.#record.winners().filter(({ kind }) => kind === "reduce").map(({ task }) => task),
    );
    try {
      if (reduced.size < plan.partitions) {
        for (const { number } of plan.tasks) await this.#map(number);
      }
      for (let task = 0; task < plan.partitions; task++) {
        if (!reduced.has(task)) await this.#reduce(task);
      }
      return { outcome: "done" };
    } catch (error) {
      if (signal.aborted) return { outcome: "interrupted" };
      const message = error instanceof Error ? error.message : String(error);
      const isDisk = error instanceof FolderError || error instanceof TaskError && error.isWorkers;
      return { outcome: "failed", code: isDisk ? "disk" : "task-failed", message };
    }
  }

  /** Takes map outputs away. Never throws. */
  async tidy(): Promise<void> {
    const { folder } = this.#parts;
    for (const { name } of this.#maps.values()) {
      await folder.remove(attemptKey(name)).catch(() => {});
    }
  }

  async #map(task: number): Promise<void> {
    const { plan, folder, runner } = this.#parts;
    if (this.#record.lost.has(task)) return;
    const name = this.#name("map", task);
    const splits = plan.tasks[task]?.splits ?? [];
    const numbers = new Set(splits.map(({ input }) => input));
    const inputs = [...numbers].flatMap((number) => {
      const input = plan.inputs[number];
      return input === undefined ? [] : [{ input }];
    });
    try {
      const file = attemptKey(name);
      const outcome = await runner.runMap(
        { name, splits, inputs, folder, file },
        this.#handle(name),
      );
      const done = { name, ...outcome };
      this.#maps.set(task, done);
      await this.#record.win({ ...name, worker: SELF }, done);
      for (const problem of done.problems) this.#parts.onEvent?.({ type: "problem", problem });
    } catch (error) {
      const isTasks = error instanceof TaskError && !error.isWorkers;
      // Parts of an earlier run may have what it read: it cannot be left out any more.
      const canSkip = plan.onError === "skip" && isTasks && !this.#record.wasMapped(task);
      if (!canSkip || this.#parts.signal.aborted) throw error;
      await this.#record.lose(task, error.message);
      this.#parts.onEvent?.({ type: "lost", task, message: error.message });
    }
  }

  async #reduce(task: number): Promise<void> {
    const { folder, output, runner } = this.#parts;
    const name = this.#name("reduce", task);
    const runs = [...this.#maps.values()].flatMap(({ name: source, parts }) => {
      const part = parts[task];
      if (part === undefined) return [];
      return [{ source, file: attemptKey(source), startByte: part.startByte, bytes: part.bytes }];
    });
    const upload = `.${partName(task)}-e${name.epoch}-a${name.attempt}`;
    const out = await output.create(upload);
    let bytes = 0;
    let crc = 0;
    try {
      const outcome = await runner.runReduce({ name, runs, folder, file: attemptKey(name) }, {
        ...this.#handle(name),
        async write(piece) {
          bytes += piece.length;
          crc = extendCrc32(crc, piece);
          await out.write(piece);
        },
      });
      await out.sync();
      out.close();
      await output.rename(upload, partName(task));
      const { counters, skipped } = outcome;
      await this.#record.win({ ...name, worker: SELF }, {
        name,
        bytes,
        crc32: crc,
        counters,
        skipped,
      });
    } catch (error) {
      out.close();
      await output.remove(upload).catch(() => {});
      throw error;
    } finally {
      out.close();
    }
  }

  #name(kind: AttemptName["kind"], task: number): AttemptName {
    this.attempts++;
    return { epoch: this.#record.epoch, kind, task, attempt: 1 };
  }

  #handle(name: AttemptName) {
    const { signal, onProgress } = this.#parts;
    return {
      signal,
      progress: (bytes: number, records: number, status?: string, spilledBytes?: number) =>
        onProgress?.(name, bytes, records, status, spilledBytes),
      readInput: () => Promise.reject(new TypeError("There is no coordinator to ask")),
      write: () => Promise.reject(new TypeError("A map attempt has no output to send")),
    };
  }
}
