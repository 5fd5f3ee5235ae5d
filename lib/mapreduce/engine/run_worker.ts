/** A worker: joins a coordinator, does what it is told, gives runs to other workers, cleans up. */
import type { Timer } from "../../clock/clock.ts";
import type { Connection } from "../../transport/connection.ts";
import { dial } from "../../transport/dial.ts";
import { listen } from "../../transport/listen.ts";
import { LineError } from "../../transport/line_error.ts";
import { keepConnected } from "../../transport/reconnect.ts";
import type { Handlers } from "../../transport/routes.ts";
import type { Kinds } from "../../transport/service.ts";
import { Attempts, type CoordinatorLine } from "./attempts.ts";
import { ENGINE_VERSION } from "./engine_version.ts";
import { LinePost } from "./line_post.ts";
import type { JobNotice } from "./messages.ts";
import {
  type MapreduceKinds,
  mapreduceService,
  MAX_HOLDS,
  OTHER_VERSION,
  shuffleService,
} from "./protocol.ts";
import { Requests } from "./requests.ts";
import { type DataKinds, type HeldOutput, RunServer } from "./run_server.ts";
import { ShuffleLines } from "./shuffle_lines.ts";
import type { WorkerEnd, WorkerParts } from "./worker_types.ts";

const { kinds } = mapreduceService;

/** How often progress is reported, in milliseconds. */
const REPORT_MS = 1000;

/** Longest wait before it tries to reach the coordinator again, in milliseconds. */
const BACKOFF = { firstMs: 100, mostMs: 2000 };

/** Code of the goodbye of a coordinator whose job is over. */
const OVER = "done";

/**
 * Runs a worker until the job is over, the coordinator stays away, or the signal aborts.
 *
 * @throws {LineError} when the coordinator refuses it, also for its version, or cannot listen for other workers
 * @throws {Error} when it cannot run this job
 * @throws the reason of the signal when it aborts
 */
export async function runWorker(parts: WorkerParts): Promise<WorkerEnd> {
  const worker = new WorkerRun(parts);
  try {
    return await worker.run();
  } finally {
    await worker.end();
  }
}

class WorkerRun {
  readonly #parts: WorkerParts;
  readonly #shuffle: ShuffleLines;
  readonly #server: ReturnType<typeof listen<typeof shuffleService.kinds>>;
  readonly #stop = new AbortController();
  readonly #onAbort = () => this.#stop.abort(this.#parts.signal.reason);
  #attempts: Attempts | undefined;
  #run = "";
  /** Ends when what the newest JOB asks for is done: one after the other, as lines come and go. */
  #joining: Promise<void> = Promise.resolve();
  #isOver = false;
  #end: WorkerEnd | undefined;
  #failure: unknown;
  /** Why the coordinator could not be reached last. */
  #lastMessage = "";
  #isWaiting = false;
  #waitTimer: Timer | undefined;
  #reportTimer: Timer | undefined;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    const { clock, network, token, id, shuffleHost: host, signal, budget } = parts;
    this.#shuffle = new ShuffleLines({ clock, network, token, id, ...(budget && { budget }) });
    const tokens = token === undefined ? undefined : [token];
    const insecure = token === undefined;
    const options = { host, network, clock, tokens, insecure, ...(budget && { budget }) };
    this.#server = listen(shuffleService, options, (connection) => {
      const runs = this.#runServer(new LinePost(connection), shuffleService.kinds);
      return { fetch: (fetch) => runs.fetch(fetch) };
    });
    if (signal.aborted) this.#onAbort();
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  async run(): Promise<WorkerEnd> {
    const { clock, random } = this.#parts;
    const { signal } = this.#stop;
    this.#wait();
    this.#report();
    try {
      const report = await keepConnected({
        dial: () => this.#dial(),
        onWait: (delayMs, { message }) => this.#onWait(delayMs, message),
        signal,
        clock,
        backoff: BACKOFF,
        ...(random && { random }),
      });
      if (this.#failure !== undefined) throw this.#failure;
      const { code, message, by } = report;
      if (code === OTHER_VERSION && by === "peer") {
        throw new LineError(code, message, { origin: "peer" });
      }
      // The server went before this line was told how the job ended: it came too late.
      if (code === OVER && by === "peer") return this.#end ?? { outcome: "over" };
      return this.#end ?? { outcome: "lost", message };
    } catch (error) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#end !== undefined) return this.#end;
      throw error;
    }
  }

  async end(): Promise<void> {
    this.#isOver = true;
    this.#waitTimer?.cancel();
    this.#reportTimer?.cancel();
    this.#parts.signal.removeEventListener("abort", this.#onAbort);
    await this.#attempts?.end();
    await this.#shuffle.close();
    await this.#server.close({ code: "done", message: "" });
  }

  #held(): ReadonlyMap<string, HeldOutput> {
    return this.#attempts?.held ?? new Map();
  }

  #runServer<K extends Kinds>(post: LinePost<K>, kinds: DataKinds): RunServer<K> {
    return new RunServer(post, kinds, this.#parts.folder, () => this.#held());
  }

  async #dial(): Promise<Connection<MapreduceKinds>> {
    const { clock, network, coordinator, token, id: clientId, budget } = this.#parts;
    const connection = await dial(
      mapreduceService,
      {
        ...{ ...coordinator, clock, network, clientId, signal: this.#stop.signal },
        ...(token === undefined ? { tokenUse: "if-asked" as const } : { token }),
        ...(budget && { budget }),
      },
      (connection) => this.#handlers(connection),
    );
    connection.closed.then(() => this.#attempts?.abort("the line is lost"));
    return connection;
  }

  #handlers(connection: Connection<MapreduceKinds>): Handlers<MapreduceKinds> {
    const post = new LinePost(connection);
    const requests = new Requests(post);
    const runs = this.#runServer(post, kinds);
    const line = { post, requests };
    return {
      job: (job) => {
        // It is there: on a busy machine threads may take longer to start than it may stay away.
        this.#waitTimer?.cancel();
        this.#isWaiting = false;
        this.#joining = this.#joining.then(() => this.#onJob(line, job));
      },
      runMap: (message) => this.#attempts?.runMap(line, message),
      runReduce: (message) => this.#attempts?.runReduce(line, message),
      moved: (message) => this.#attempts?.moved(message),
      cancel: (message) => this.#attempts?.cancel(message),
      over: ({ outcome }) => {
        this.#end = { outcome };
        this.#stop.abort(new DOMException("the job is over", "AbortError"));
      },
      fetch: (fetch) => runs.fetch(fetch),
      data: (view) => requests.data(view),
      dataEnd: (end) => requests.dataEnd(end),
    };
  }

  async #onJob({ post }: CoordinatorLine, job: JobNotice): Promise<void> {
    const { id: worker, host, pid, slots, folder, openRunner } = this.#parts;
    // A line that broke meanwhile has a successor, with a JOB of its own.
    if (this.#isOver || !post.connection.isOpen) return;
    try {
      await this.#attempts?.abort("the line is lost"); // what ran for the line before
      if (job.run !== this.#run) {
        const before = this.#attempts;
        this.#attempts = undefined;
        await before?.end();
        const runner = await openRunner(job, folder);
        if (this.#isOver) return await runner[Symbol.asyncDispose]();
        this.#attempts = new Attempts(this.#parts, runner, this.#shuffle);
        this.#run = job.run;
      }
      if (!post.connection.isOpen) return;
    } catch (error) {
      this.#failure = error;
      this.#stop.abort(error);
      return;
    }
    const { port: shufflePort } = this.#server.address;
    const holds = (this.#attempts?.holds ?? []).slice(-MAX_HOLDS);
    const { advertisedHost: shuffleHost = "", version = ENGINE_VERSION } = this.#parts;
    const { secret } = this.#parts;
    const own = secret === undefined ? {} : { secret };
    const who = { worker, host, pid, slots, shuffleHost, shufflePort, version, ...own };
    post.post(kinds.join, { ...who, run: job.run, holds });
    this.#parts.onEvent?.({ type: "joined", run: job.run, epoch: job.epoch });
  }

  #onWait(delayMs: number, message: string): void {
    this.#wait(message);
    this.#parts.onEvent?.({ type: "waiting", delayMs, message });
  }

  /** From now on the coordinator has so much time to come (back). */
  #wait(message = ""): void {
    this.#lastMessage = message;
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    const { clock, timeoutMs } = this.#parts;
    this.#waitTimer = clock.after(timeoutMs, () => {
      this.#end ??= { outcome: "lost", message: this.#lastMessage };
      this.#stop.abort(new DOMException("the coordinator stayed away", "TimeoutError"));
    });
  }

  #report(): void {
    this.#attempts?.report();
    this.#reportTimer = this.#parts.clock.after(REPORT_MS, () => this.#report());
  }
}
