/** The attempts of one worker for one run of a job, and the map outputs that it holds. */
import { attemptKey, type AttemptName } from "./attempt_name.ts";
import { extendCrc32 } from "../input/extend_crc32.ts";
import { fitReport, MAX_MAP_DONE_BYTES, MAX_REDUCE_DONE_BYTES } from "./fit_report.ts";
import type { Folder } from "./folder.ts";
import { FolderError } from "./folder.ts";
import type { LinePost } from "./line_post.ts";
import { type Cancel, MAX_LINE_LENGTH, type Moved } from "./messages.ts";
import type { RunMap, RunReduce } from "./messages.ts";
import { OwnCopies } from "./own_copies.ts";
import { type MapreduceKinds, mapreduceService } from "./protocol.ts";
import { readFromCoordinator } from "./read_from_coordinator.ts";
import type { Requests } from "./requests.ts";
import { RunGatherer } from "./run_gatherer.ts";
import type { HeldOutput } from "./run_server.ts";
import type { ShuffleLines } from "./shuffle_lines.ts";
import {
  type MapOutcome,
  TaskError,
  type TaskHandle,
  type TaskInput,
  type TaskRunner,
} from "./task_runner.ts";
import type { WorkerParts } from "./worker_types.ts";

const { kinds } = mapreduceService;

/** The line that attempts report on. */
export interface CoordinatorLine {
  readonly post: LinePost<MapreduceKinds>;
  readonly requests: Requests<MapreduceKinds>;
}

interface Attempt {
  readonly name: AttemptName;
  readonly controller: AbortController;
  readonly line: CoordinatorLine;
  /** Newest progress, and whether it was sent. */
  progress: { bytes: number; records: number; status: string; spilledBytes: number };
  hasNews: boolean;
  gatherer: RunGatherer | undefined;
}

/** The attempts of one worker. */
export class Attempts {
  /** Map outputs on this worker's disk, by attempt. */
  readonly held = new Map<string, HeldOutput>();
  readonly #names = new Map<string, AttemptName>();
  readonly #parts: WorkerParts;
  readonly #runner: TaskRunner;
  readonly #shuffle: ShuffleLines;
  readonly #running = new Map<string, Attempt>();
  readonly #copies: OwnCopies;
  /** All that is under way, also what was cancelled. */
  readonly #busy = new Set<Promise<void>>();

  constructor(parts: WorkerParts, runner: TaskRunner, shuffle: ShuffleLines) {
    this.#parts = parts;
    this.#runner = runner;
    this.#shuffle = shuffle;
    this.#copies = new OwnCopies(parts.clock, parts.ownCopy);
  }

  /** Attempts whose output is here. */
  get holds(): AttemptName[] {
    return [...this.#names.values()];
  }

  /** Starts a map attempt. */
  runMap(line: CoordinatorLine, message: RunMap): void {
    this.#start(line, message.name, (attempt, handle) => this.#map(attempt, handle, message));
  }

  /** Starts a reduce attempt. */
  runReduce(line: CoordinatorLine, message: RunReduce): void {
    this.#start(line, message.name, (attempt, handle) => this.#reduce(attempt, handle, message));
  }

  /** Map outputs are somewhere else now. */
  moved({ sources }: Moved): void {
    for (const { gatherer } of this.#running.values()) {
      for (const source of sources) gatherer?.moved(source);
    }
  }

  /** Ends an attempt, and takes away what it made. */
  cancel({ name, reason }: Cancel): void {
    const key = attemptKey(name);
    const attempt = this.#running.get(key);
    if (attempt !== undefined) {
      attempt.controller.abort(new DOMException(reason, "AbortError"));
      this.#parts.onEvent?.({ type: "cancelled", name, message: reason });
    }
    this.#names.delete(key);
    if (this.held.delete(key)) this.#keep(this.#tidy(this.#parts.folder, key));
  }

  /** Sends what is new of each attempt. */
  report(): void {
    for (const attempt of this.#running.values()) {
      if (!attempt.hasNews) continue;
      attempt.hasNews = false;
      attempt.line.post.post(kinds.progress, { name: attempt.name, ...attempt.progress });
    }
  }

  /** Ends all attempts, as when the line is lost; outputs stay. */
  async abort(reason: string): Promise<void> {
    for (const { controller } of this.#running.values()) {
      controller.abort(new DOMException(reason, "AbortError"));
    }
    while (this.#busy.size > 0) await Promise.all(this.#busy);
  }

  /** Ends it all: outputs go, too. */
  async end(): Promise<void> {
    await this.abort("over");
    for (const { file } of this.held.values()) {
      await this.#parts.folder.remove(file).catch(() => {});
    }
    this.held.clear();
    this.#names.clear();
    await this.#runner[Symbol.asyncDispose]();
  }

  #start(
    line: CoordinatorLine,
    name: AttemptName,
    run: (attempt: Attempt, handle: TaskHandle) => Promise<void>,
  ): void {
    const key = attemptKey(name);
    if (this.#running.has(key) || this.held.has(key)) return;
    // What was cancelled has left its slot.
    const taken = this.#running.values().filter(({ controller }) => !controller.signal.aborted);
    if ([...taken].length >= this.#parts.slots) {
      const message = `all ${this.#parts.slots} slots are taken`;
      return line.post.post(kinds.failed, { name, message, isWorkers: true });
    }
    const controller = new AbortController();
    const progress = { bytes: 0, records: 0, status: "", spilledBytes: 0 };
    const attempt: Attempt = {
      ...{ name, controller, line, progress, hasNews: false, gatherer: undefined },
    };
    this.#running.set(key, attempt);
    this.#parts.onEvent?.({ type: "started", name });
    this.#keep(this.#attempt(attempt, run));
  }

  async #attempt(
    attempt: Attempt,
    run: (attempt: Attempt, handle: TaskHandle) => Promise<void>,
  ): Promise<void> {
    const { name, controller, line } = attempt;
    const key = attemptKey(name);
    try {
      await run(attempt, this.#handle(attempt));
      this.#parts.onEvent?.({ type: "done", name });
    } catch (error) {
      this.held.delete(key);
      this.#names.delete(key);
      await this.#tidy(this.#parts.folder, key);
      if (controller.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      const isWorkers = error instanceof FolderError ||
        error instanceof TaskError && error.isWorkers;
      const { badSource, isFinal } = error instanceof TaskError ? error : new TaskError("");
      line.post.post(kinds.failed, {
        ...{ name, message: message.slice(0, 2000), isWorkers, isFinal },
        ...(badSource && { badSource }),
      });
      this.#parts.onEvent?.({ type: "failed", name, message });
    } finally {
      this.#running.delete(key);
    }
  }

  async #map(
    attempt: Attempt,
    handle: TaskHandle,
    { name, splits, inputs }: RunMap,
  ): Promise<void> {
    const { folder } = this.#parts;
    const file = attemptKey(name);
    const found: TaskInput[] = [];
    for (const input of inputs) {
      const path = await this.#copies.pathOf(input, () => handle.progress(0, 0));
      found.push({ input, ...(path !== undefined && { path }) });
    }
    let outcome: MapOutcome;
    try {
      const work = { name, splits, inputs: found, folder, file };
      outcome = await this.#runner.runMap(work, handle);
    } catch (error) {
      // A copy may have become bad: then the next attempt asks the coordinator.
      if (error instanceof TaskError && error.isWorkers) {
        for (const input of inputs) this.#copies.forget(input);
      }
      throw error;
    }
    attempt.controller.signal.throwIfAborted();
    this.held.set(file, { file, parts: outcome.parts });
    this.#names.set(file, name);
    const done = fitReport({ name, ...outcome }, MAX_MAP_DONE_BYTES);
    attempt.line.post.post(kinds.mapDone, done);
  }

  async #reduce(attempt: Attempt, handle: TaskHandle, message: RunReduce): Promise<void> {
    const { name, sources } = message;
    const { folder, id: self } = this.#parts;
    const file = attemptKey(name);
    const { signal } = attempt.controller;
    const { post, requests } = attempt.line;
    const gatherer = attempt.gatherer = new RunGatherer({
      ...{ partition: name.task, sources, self, held: this.held, folder, file, signal },
      direct: (source) => this.#shuffle.to(source),
      relay: requests,
      onBytes: (bytes) => handle.progress(bytes, 0),
    });
    const runs = await gatherer.gather();
    const gathered = gatherer.bytes.direct + gatherer.bytes.relayed + gatherer.bytes.local;
    let bytes = 0;
    let crc = 0;
    const outcome = await this.#runner.runReduce({ name, runs, folder, file }, {
      ...handle,
      progress: (done, records, status, spilled) =>
        handle.progress(gathered + done, records, status, spilled),
      async write(piece) {
        bytes += piece.length;
        crc = extendCrc32(crc, piece);
        const head = [name.epoch, name.task, name.attempt];
        if (await post.pieces(kinds.output, head, piece, signal)) return;
        signal.throwIfAborted();
        throw new TaskError("The line to the coordinator is over");
      },
    });
    await this.#tidy(folder, file);
    signal.throwIfAborted();
    const { direct, relayed, local } = gatherer.bytes;
    const counters = {
      ...outcome.counters,
      "shuffle.direct_bytes": direct,
      "shuffle.relayed_bytes": relayed,
      "shuffle.local_bytes": local,
    };
    const done = { name, bytes, crc32: crc, counters, skipped: outcome.skipped };
    await post.bulk(kinds.reduceDone, fitReport(done, MAX_REDUCE_DONE_BYTES));
  }

  #handle(attempt: Attempt): TaskHandle {
    const { requests } = attempt.line;
    return {
      signal: attempt.controller.signal,
      progress(
        bytes,
        records,
        status = attempt.progress.status,
        spilledBytes = attempt.progress.spilledBytes,
      ) {
        const text = status.slice(0, MAX_LINE_LENGTH);
        attempt.progress = { bytes, records, status: text, spilledBytes };
        attempt.hasNews = true;
      },
      readInput(input, offset, length) {
        const alive = () => attempt.hasNews = true; // a slow line is no stalled task
        const question = { input, offset, length };
        return readFromCoordinator(requests, question, alive, attempt.controller.signal);
      },
      write: () => Promise.reject(new TypeError("A map attempt has no output to send")),
    };
  }

  /** Takes away the files of an attempt. Never throws. */
  async #tidy(folder: Folder, key: string): Promise<void> {
    try {
      for (const name of await folder.list()) {
        if (name === key || name.startsWith(`${key}.`)) await folder.remove(name);
      }
    } catch {
      // All of the folder goes in the end.
    }
  }

  #keep(task: Promise<void>): void {
    const kept: Promise<void> = task.finally(() => this.#busy.delete(kept));
    this.#busy.add(kept);
  }
}
