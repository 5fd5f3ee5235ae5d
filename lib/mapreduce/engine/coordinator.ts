/**
 * The coordinator: listens, hands out tasks, writes the journal and the output. What to do is decided by
 * the scheduler; here it is done, and what happens is told to the scheduler. Longer than most files, since
 * everything meets here; outputs, inputs, relays and the record of the job are desks of their own.
 */
import type { Timer } from "../../clock/clock.ts";
import type { Connection } from "../../transport/connection.ts";
import { listen, type Server } from "../../transport/listen.ts";
import type { Handlers } from "../../transport/routes.ts";
import { attemptKey, type AttemptName } from "./attempt_name.ts";
import type { CoordinatorParts, EngineEvent, EngineStatus } from "./coordinator_types.ts";
import { ENGINE_LIMITS } from "./engine_limits.ts";
import { ENGINE_VERSION } from "./engine_version.ts";
import { InputDesk } from "./input_desk.ts";
import { JobRecord } from "./job_record.ts";
import type { JobResult } from "./job_result.ts";
import type { Failed, Join, MapDone, ReduceDone, Source } from "./messages.ts";
import { OutputDesk } from "./output_desk.ts";
import { type MapreduceKinds, mapreduceService, OTHER_VERSION } from "./protocol.ts";
import { RelayDesk } from "./relay_desk.ts";
import { RunningTime } from "./running_time.ts";
import { Scheduler } from "./scheduler.ts";
import type { SchedulerAction, SchedulerEvent, Winner } from "./scheduler_types.ts";
import { WorkerLine } from "./worker_line.ts";

const { kinds } = mapreduceService;

/** How often the scheduler looks at the clock, in milliseconds. */
const TICK_MS = 250;

type Done = MapDone | ReduceDone;

/** How the work ended, before the output is closed. */
type Ending = Pick<JobResult, "outcome" | "code" | "message">;

/** Runs one job, once. */
export class Coordinator {
  readonly #parts: CoordinatorParts;
  readonly #lines = new Map<string, WorkerLine>();
  readonly #time: RunningTime;
  readonly #over = Promise.withResolvers<Ending>();
  readonly #outputs: OutputDesk;
  readonly #relays: RelayDesk;
  readonly #inputs: InputDesk;
  /** What attempts said that are being recorded, and where they ran. */
  readonly #said = new Map<string, { readonly line: WorkerLine; readonly done: Done }>();
  /** What is on its way to the disk. None of it rejects. */
  readonly #writing = new Set<Promise<void>>();
  #record: JobRecord | undefined;
  #scheduler: Scheduler | undefined;
  #isOver = false;
  #tick: Timer | undefined;

  /** A coordinator that does nothing until it is told to run. */
  constructor(parts: CoordinatorParts) {
    this.#parts = parts;
    this.#time = new RunningTime(parts.clock);
    this.#outputs = new OutputDesk({
      folder: parts.output,
      isRunning: (worker, name) => this.#scheduler?.isRunning(worker, name) ?? false,
      onProgress: (line, name) => this.#tell({ type: "progress", worker: line.id, name }),
      onFailure: (error) => this.#failDisk(error),
    });
    this.#relays = new RelayDesk({
      holder: (name) => this.#holder(name),
      onLost: (name) => this.#tell({ type: "output-lost", name }),
    });
    this.#inputs = new InputDesk(parts.plan.inputs, parts.openInput);
  }

  /**
   * Runs the job to its end.
   *
   * @throws {LineError} `cannot-listen`
   * @throws {FolderError} when the output cannot be begun
   * @throws {JournalError} when it cannot be resumed
   */
  async run(): Promise<JobResult> {
    const { clock, network, address, tokens, plan, output, signal, budget, onServerEvent } =
      this.#parts;
    const startNs = clock.monotonicNs();
    const record = this.#record = await JobRecord.open(this.#parts);
    const limits = { ...ENGINE_LIMITS, ...this.#parts.limits };
    const scheduler = this.#scheduler = new Scheduler({
      maps: plan.tasks.length,
      reduces: plan.partitions,
      epoch: record.epoch,
      skipsFailed: plan.onError === "skip",
      limits: { ...limits, stallMs: limits.stallMs + (plan.silenceMs ?? 0) },
      winners: record.winners(),
      lost: [...record.lost.keys()],
      nowMs: this.#time.nowMs(),
    });
    const onAbort = () => this.#end({ outcome: "interrupted" });
    let server: Server<MapreduceKinds> | undefined;
    try {
      await OutputDesk.tidy(output);
      server = listen(
        mapreduceService,
        {
          ...{ ...address, network, clock, tokens, insecure: tokens === undefined },
          ...(budget && { budget }),
          ...(onServerEvent && { onEvent: onServerEvent }),
        },
        (connection) => this.#serve(connection),
      );
      this.#event({ type: "listening", address: server.address });
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
      this.#onTick();
      const ending = await this.#over.promise;
      // When the folder is given back, somebody else may write to it; and the summary is of all that counts.
      await Promise.all(this.#writing);
      const result = await record.finish(ending);
      for (const line of this.#lines.values()) {
        line.post.post(kinds.over, { outcome: result.outcome });
      }
      const { attempts, backups, refused } = scheduler.counts();
      const wallMs = (clock.monotonicNs() - startNs) / 1e6;
      return { ...result, attempts, backups, refused, wallMs };
    } finally {
      this.#isOver = true;
      this.#tick?.cancel();
      signal.removeEventListener("abort", onAbort);
      await server?.close({ code: "done", message: "" });
      await this.#inputs[Symbol.asyncDispose]();
      await this.#outputs.end();
      record.close();
    }
  }

  /** How far the job is; `undefined` before it runs. */
  status(): EngineStatus | undefined {
    const scheduler = this.#scheduler;
    const record = this.#record;
    if (scheduler === undefined || record === undefined) return undefined;
    return {
      ...scheduler.counts(),
      inputBytes: record.inputBytes((task) => scheduler.isMapped(task)),
      earlierReduces: record.earlierReduces(),
      relayedBytes: this.#relays.relayedBytes,
      sentInputBytes: this.#inputs.sentBytes,
      spilledBytes: record.spilledBytes() +
        sumOf(
          this.#lines.values(),
          ({ attempts }) => sumOf(attempts.values(), ({ spilledBytes }) => spilledBytes),
        ),
      workersNow: [...this.#lines.values()].map((line) => ({
        worker: line.id,
        label: line.label,
        slots: line.join?.slots ?? 0,
        isShunned: line.isShunned,
        attempts: [...line.attempts.values()],
      })),
    };
  }

  #serve(connection: Connection<MapreduceKinds>): Handlers<MapreduceKinds> {
    const line = new WorkerLine(connection);
    const { plan } = this.#parts;
    const record = this.#record as JobRecord;
    const { run, epoch } = record;
    line.post.post(kinds.job, { run, epoch, partitions: plan.partitions, job: plan.job });
    connection.closed.then(({ message }) => this.#onLeft(line, message));
    return {
      join: (join) => this.#onJoin(line, join),
      progress: ({ name, bytes, records, status, spilledBytes = 0 }) => {
        const attempt = line.attempts.get(attemptKey(name));
        if (attempt !== undefined) Object.assign(attempt, { bytes, records, status, spilledBytes });
        this.#tell({ type: "progress", worker: line.id, name });
      },
      mapDone: (done) => this.#onMapDone(line, done),
      failed: (failed) => this.#onFailed(line, failed),
      output: (view) => this.#outputs.output(line, view),
      reduceDone: (done) => this.#onReduceDone(line, done),
      fetch: (fetch) => this.#relays.fetch(line, fetch),
      read: (request) => this.#inputs.read(line, request),
      data: (view) => this.#relays.data(line, view),
      dataEnd: (end) => this.#relays.dataEnd(line, end),
    };
  }

  #onJoin(line: WorkerLine, join: Join): void {
    if (line.join !== undefined || this.#isOver) return;
    const { version = ENGINE_VERSION } = this.#parts;
    if (join.version !== undefined && join.version !== version) {
      const message = `Cannot take ${join.version}: the coordinator has ${version}`;
      const { worker, host, pid, slots } = join;
      const who = { worker, label: `${host}:${pid}`, slots } as const;
      this.#event({ type: "worker", change: "refused", ...who, message });
      return void line.post.connection.abort(OTHER_VERSION, message);
    }
    const older = this.#lines.get(join.worker);
    if (older !== undefined) {
      this.#onLeft(older, "it has come back");
      older.post.connection.abort("taken-over", "This worker has another line");
    }
    line.join = join;
    this.#lines.set(join.worker, line);
    this.#workerEvent(line, "joined");
    const holds = join.run === this.#record?.run ? join.holds : [];
    this.#tell({ type: "joined", worker: join.worker, slots: join.slots, holds });
  }

  #onLeft(line: WorkerLine, message: string): void {
    if (this.#lines.get(line.id) !== line) return;
    this.#lines.delete(line.id);
    this.#outputs.left(line, (key) => this.#said.has(key));
    if (!this.#isOver) this.#workerEvent(line, "left", message);
    this.#tell({ type: "left", worker: line.id });
    this.#relays.left(line); // after it is known that the outputs are not there
  }

  #onMapDone(line: WorkerLine, done: MapDone): void {
    if (done.parts.length !== this.#parts.plan.partitions) {
      const message = `${done.parts.length} partitions came`;
      return this.#onFailed(line, { name: done.name, message, isWorkers: true });
    }
    this.#onFinished(line, done);
  }

  #onReduceDone(line: WorkerLine, done: ReduceDone): void {
    const isRunning = this.#scheduler?.isRunning(line.id, done.name);
    if (isRunning && !this.#outputs.isWhole(line, done)) {
      const message = "its output did not come as it was sent";
      return this.#onFailed(line, { name: done.name, message, isWorkers: true });
    }
    this.#onFinished(line, done);
  }

  #onFinished(line: WorkerLine, done: Done): void {
    const { name } = done;
    if (this.#scheduler?.isRunning(line.id, name)) {
      this.#said.set(attemptKey(name), { line, done });
      line.end(name);
    }
    this.#tell({ type: "finished", worker: line.id, name });
  }

  #onFailed(line: WorkerLine, failed: Failed): void {
    const { name, message, isWorkers, isFinal, badSource } = failed;
    if (this.#scheduler?.isRunning(line.id, name)) {
      line.end(name);
      if (name.kind === "reduce") this.#outputs.drop(name);
      this.#attemptEvent(line, "failed", name, message);
      if (badSource !== undefined) this.#tell({ type: "output-lost", name: badSource });
    }
    this.#tell({ type: "failed", worker: line.id, name, message, isWorkers, isFinal });
  }

  #onTick(): void {
    if (this.#isOver) return;
    this.#tick = this.#parts.clock.after(TICK_MS, () => this.#onTick());
    this.#tell({ type: "tick" });
  }

  #tell(event: SchedulerEvent): void {
    if (this.#isOver || this.#scheduler === undefined) return;
    for (const action of this.#scheduler.handle(event, this.#time.nowMs())) this.#do(action);
  }

  #do(action: SchedulerAction): void {
    switch (action.type) {
      case "start":
        return this.#start(action.worker, action.name, action.isBackup);
      case "cancel": {
        const { name, reason } = action;
        if (name.kind === "reduce") this.#outputs.drop(name);
        const line = this.#lines.get(action.worker);
        if (line === undefined) return;
        if (line.attempts.has(attemptKey(name))) {
          line.end(name);
          this.#attemptEvent(line, "cancelled", name, reason);
        }
        return line.post.post(kinds.cancel, { name, reason });
      }
      case "record":
        return this.#keep(this.#recordWinner(action.winner));
      case "moved": {
        const source = this.#source(action.winner);
        if (source === undefined) return;
        for (const line of this.#lines.values()) {
          const isReducing = [...line.attempts.values()].some(({ name }) => name.kind === "reduce");
          if (isReducing) line.post.post(kinds.moved, { sources: [source] });
        }
        return;
      }
      case "lost":
        this.#event(action);
        return this.#keep(this.#recordLoss(action.task, action.message));
      case "shunned": {
        const line = this.#lines.get(action.worker);
        if (line === undefined) return;
        line.isShunned = true;
        return this.#workerEvent(line, "shunned");
      }
      case "done":
        return this.#end({ outcome: "done" });
      case "failed":
        return this.#end({ outcome: "failed", code: action.code, message: action.message });
    }
  }

  #start(worker: string, name: AttemptName, isBackup: boolean): void {
    const line = this.#lines.get(worker);
    if (line === undefined) return;
    line.begin(name, isBackup, this.#time.nowMs());
    const { type } = { type: "attempt" } as const;
    this.#event({ type, change: "started", name, worker, label: line.label, isBackup });
    const { plan } = this.#parts;
    if (name.kind === "map") {
      const splits = plan.tasks[name.task]?.splits ?? [];
      const numbers = new Set(splits.map(({ input }) => input));
      const inputs = [...numbers].flatMap((number) => plan.inputs[number] ?? []);
      return line.post.post(kinds.runMap, { name, splits, inputs });
    }
    const sources = (this.#scheduler?.sources() ?? []).flatMap((winner) =>
      this.#source(winner) ?? []
    );
    line.post.post(kinds.runReduce, { name, sources });
  }

  /** Makes a winner durable; only then does anybody use it. */
  async #recordWinner(winner: Winner): Promise<void> {
    const key = attemptKey(winner);
    const { line, done } = this.#said.get(key) ?? {};
    try {
      if (winner.kind === "reduce") await this.#outputs.commit(winner);
      if (done !== undefined) await this.#record?.win(winner, done);
    } catch (error) {
      return this.#failDisk(error);
    } finally {
      this.#said.delete(key);
    }
    const { epoch, kind, task, attempt } = winner;
    const name = { epoch, kind, task, attempt };
    if (line !== undefined && !this.#isOver) this.#attemptEvent(line, "won", name);
    if (done !== undefined && "problems" in done) {
      for (const problem of done.problems) this.#event({ type: "problem", problem });
    }
    this.#tell({ type: "recorded", name });
  }

  async #recordLoss(task: number, message: string): Promise<void> {
    try {
      await this.#record?.lose(task, message);
    } catch (error) {
      this.#failDisk(error);
    }
  }

  #keep(writing: Promise<void>): void {
    this.#writing.add(writing);
    void writing.then(() => this.#writing.delete(writing));
  }

  #holder(name: AttemptName): WorkerLine | undefined {
    return this.#lines.get(this.#scheduler?.holder(name) ?? "");
  }

  #source({ worker, epoch, kind, task, attempt }: Winner): Source | undefined {
    const line = this.#lines.get(worker);
    if (line === undefined) return undefined;
    const port = line.join?.shufflePort ?? 0;
    return { name: { epoch, kind, task, attempt }, worker, host: line.host, port };
  }

  #failDisk(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#end({ outcome: "failed", code: "disk", message });
  }

  #end(ending: Ending): void {
    this.#isOver = true;
    this.#over.resolve(ending);
  }

  #event(event: EngineEvent): void {
    this.#parts.onEvent?.(event);
  }

  #workerEvent(line: WorkerLine, change: "joined" | "left" | "shunned", message?: string): void {
    const { id: worker, label } = line;
    const slots = line.join?.slots ?? 0;
    this.#event({ type: "worker", change, worker, label, slots, ...(message && { message }) });
  }

  #attemptEvent(
    line: WorkerLine,
    change: "won" | "failed" | "cancelled",
    name: AttemptName,
    message?: string,
  ): void {
    const { id: worker, label } = line;
    this.#event({ type: "attempt", change, name, worker, label, ...(message && { message }) });
  }
}

function sumOf<T>(items: Iterable<T>, of: (item: T) => number): number {
  let sum = 0;
  for (const item of items) sum += of(item);
  return sum;
}
