/**
 * The coordinator: listens, hands out tasks, writes the journal and the output. What to do is decided by
 * the scheduler; here it is done, and what happens is told to the scheduler. Inputs, outputs, relays and
 * winners have desks of their own.
 */
import type { Timer } from "../../clock/clock.ts";
import type { Connection } from "../../transport/connection.ts";
import { listen, type Server } from "../../transport/listen.ts";
import type { Handlers } from "../../transport/routes.ts";
import { attemptKey } from "./attempt_name.ts";
import type { CoordinatorParts, EngineStatus } from "./coordinator_types.ts";
import { EngineEvents } from "./engine_events.ts";
import { engineStatus } from "./engine_status.ts";
import { InputDesk } from "./input_desk.ts";
import { type Ending, JobRecord } from "./job_record.ts";
import type { JobResult } from "./job_result.ts";
import type { Failed, Join, MapDone, ReduceDone } from "./messages.ts";
import { newScheduler } from "./new_scheduler.ts";
import { OutputDesk } from "./output_desk.ts";
import { type MapreduceKinds, mapreduceService } from "./protocol.ts";
import { RelayDesk } from "./relay_desk.ts";
import { RunningTime } from "./running_time.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SchedulerAction, SchedulerEvent } from "./scheduler_types.ts";
import { type Recorded, WinnerDesk } from "./winner_desk.ts";
import { WorkerDoor } from "./worker_door.ts";
import { WorkerLine } from "./worker_line.ts";
import { WorkerOrders } from "./worker_orders.ts";

const { kinds } = mapreduceService;

/** How often the scheduler looks at the clock, in milliseconds. */
const TICK_MS = 250;

/** Time after which a worker that takes nothing of what waits for it is gone, in milliseconds. */
const STUCK_MS = 15_000;

/** Runs one job, once. */
export class Coordinator {
  readonly #parts: CoordinatorParts;
  readonly #lines = new Map<string, WorkerLine>();
  readonly #time: RunningTime;
  readonly #over = Promise.withResolvers<Ending>();
  readonly #outputs: OutputDesk;
  readonly #relays: RelayDesk;
  readonly #inputs: InputDesk;
  readonly #winners: WinnerDesk;
  readonly #events: EngineEvents;
  readonly #orders: WorkerOrders;
  readonly #door: WorkerDoor;
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
      holder: (name) => this.#lines.get(this.#scheduler?.holder(name) ?? ""),
      onLost: (name) => this.#tell({ type: "output-lost", name }),
    });
    this.#inputs = new InputDesk(parts.plan.inputs, parts.openInput);
    this.#events = new EngineEvents(parts.onEvent);
    this.#door = new WorkerDoor(this.#events, parts.version);
    this.#orders = new WorkerOrders({
      ...{ plan: parts.plan, lines: this.#lines, events: this.#events },
      winners: () => this.#scheduler?.sources() ?? [],
    });
    this.#winners = new WinnerDesk({
      outputs: this.#outputs,
      record: () => this.#record,
      onRecorded: (recorded) => this.#onRecorded(recorded),
      onFailure: (error) => this.#failDisk(error),
    });
  }

  /**
   * Runs the job to its end.
   *
   * @throws {LineError} `cannot-listen`
   * @throws {FolderError} when the output cannot be begun
   * @throws {JournalError} when it cannot be resumed
   */
  async run(): Promise<JobResult> {
    const { clock, network, address, tokens, output, signal, budget, onServerEvent } = this.#parts;
    const startNs = clock.monotonicNs();
    const record = this.#record = await JobRecord.open(this.#parts);
    const scheduler = newScheduler(this.#parts, record, this.#time.nowMs());
    this.#scheduler = scheduler;
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
      this.#events.tell({ type: "listening", address: server.address });
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
      this.#onTick();
      const ending = await this.#over.promise;
      // When the folder is given back, somebody else may write to it.
      await this.#winners.settled();
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
    const lines = [...this.#lines.values()];
    return engineStatus({ scheduler, record, lines, relays: this.#relays, inputs: this.#inputs });
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
      output: (view) => {
        this.#relays.heard(line);
        this.#outputs.output(line, view);
      },
      reduceDone: (done) => this.#onReduceDone(line, done),
      // Who has not joined has nothing to do that needs them.
      fetch: (fetch) => void (line.join && this.#relays.fetch(line, fetch)),
      read: (request) => void (line.join && this.#inputs.read(line, request)),
      data: (view) => this.#relays.data(line, view),
      dataEnd: (end) => this.#relays.dataEnd(line, end),
    };
  }

  #onJoin(line: WorkerLine, join: Join): void {
    if (line.join !== undefined || this.#isOver) return;
    if (!this.#door.admits(line, join)) return;
    const { worker } = join;
    const older = this.#lines.get(worker);
    if (older !== undefined) {
      this.#onLeft(older, "it has come back");
      older.post.connection.abort("taken-over", "This worker has another line");
    }
    line.join = join;
    this.#lines.set(join.worker, line);
    this.#events.worker(line, "joined");
    const holds = join.run === this.#record?.run ? join.holds : [];
    this.#tell({ type: "joined", worker: join.worker, slots: join.slots, holds });
  }

  #onLeft(line: WorkerLine, message: string): void {
    if (this.#lines.get(line.id) !== line) return;
    this.#lines.delete(line.id);
    this.#outputs.left(line, (key) => this.#winners.has(key));
    if (!this.#isOver) this.#events.worker(line, "left", message);
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

  #onFinished(line: WorkerLine, done: MapDone | ReduceDone): void {
    const { name } = done;
    if (this.#scheduler?.isRunning(line.id, name)) {
      this.#winners.said(line, done);
      line.end(name);
    }
    this.#tell({ type: "finished", worker: line.id, name });
  }

  #onFailed(line: WorkerLine, failed: Failed): void {
    const { name, message, isWorkers, isFinal, badSource } = failed;
    if (this.#scheduler?.isRunning(line.id, name)) {
      line.end(name);
      if (name.kind === "reduce") this.#outputs.drop(name);
      this.#events.ended(line, "failed", name, message);
      if (badSource !== undefined) this.#tell({ type: "output-lost", name: badSource });
    }
    this.#tell({ type: "failed", worker: line.id, name, message, isWorkers, isFinal });
  }

  #onTick(): void {
    if (this.#isOver) return;
    this.#tick = this.#parts.clock.after(TICK_MS, () => this.#onTick());
    this.#tell({ type: "tick" });
    const nowMs = this.#time.nowMs();
    for (const line of this.#lines.values()) {
      if (!line.isStuck(nowMs, STUCK_MS)) continue;
      line.post.connection.abort("slow-reader", "Nothing of what was asked for is taken");
    }
    this.#relays.tick(nowMs);
  }

  #tell(event: SchedulerEvent): void {
    if (this.#isOver || this.#scheduler === undefined) return;
    for (const action of this.#scheduler.handle(event, this.#time.nowMs())) this.#do(action);
  }

  #do(action: SchedulerAction): void {
    switch (action.type) {
      case "start":
        return this.#orders.start(action, this.#time.nowMs());
      case "cancel":
        if (action.name.kind === "reduce") this.#outputs.drop(action.name);
        return this.#orders.cancel(action);
      case "record":
        return this.#winners.record(action.winner);
      case "moved":
        return this.#orders.moved(action.winner);
      case "lost":
        this.#events.tell(action);
        return this.#winners.lose(action.task, action.message);
      case "shunned": {
        const line = this.#lines.get(action.worker);
        if (line === undefined) return;
        line.isShunned = true;
        return this.#events.worker(line, "shunned");
      }
      case "done":
        return this.#end({ outcome: "done" });
      case "failed":
        return this.#end({ outcome: "failed", code: action.code, message: action.message });
    }
  }

  #onRecorded({ name, line, done }: Recorded): void {
    if (!this.#isOver) this.#events.ended(line, "won", name);
    if ("problems" in done) {
      for (const problem of done.problems) this.#events.tell({ type: "problem", problem });
    }
    this.#tell({ type: "recorded", name });
  }

  #failDisk(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#end({ outcome: "failed", code: "disk", message });
  }

  #end(ending: Ending): void {
    this.#isOver = true;
    this.#over.resolve(ending);
  }
}
