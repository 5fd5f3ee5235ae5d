/** Runs the tasks of one job in threads. */
import type { Clock } from "../../clock/clock.ts";
import type { Kernel } from "../kernel/word_counter_options.ts";
import type {
  MapOutcome,
  MapWork,
  ReduceOutcome,
  ReduceWork,
  TaskHandle,
  TaskRunner,
} from "./task_runner.ts";
import { TaskThreadLine, type ThreadPort } from "./task_thread_line.ts";

/** What a pool is made of. */
export interface ThreadPoolParts {
  /** JSON of a `JobDescription`. */
  readonly job: string;
  readonly partitions: number;
  /** Most threads; more attempts wait. */
  readonly threads: number;
  /** Memory of one attempt, in bytes. */
  readonly memoryBytes: number;
  readonly kernel: Kernel;
  readonly clock: Clock;
  /** Starts a thread. @default {`task_thread.ts`} */
  readonly newThread?: () => ThreadPort;
}

/** Runs tasks in threads, which are started when they are wanted and kept. */
export class ThreadPool implements TaskRunner {
  readonly #parts: ThreadPoolParts;
  readonly #idle: TaskThreadLine[] = [];
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  private constructor(parts: ThreadPoolParts) {
    this.#parts = parts;
  }

  /** Starts the first thread, which tries to open the job. @throws {TaskError} when it cannot */
  static async open(parts: ThreadPoolParts): Promise<ThreadPool> {
    const pool = new ThreadPool(parts);
    pool.#idle.push(await pool.#start());
    return pool;
  }

  async runMap(work: MapWork, handle: TaskHandle): Promise<MapOutcome> {
    const { splits, inputs, folder, file } = work;
    const path = folder.pathOf(file);
    const run = (thread: TaskThreadLine) =>
      thread.run({ type: "map", splits, inputs, path }, handle);
    return await this.#with(run, handle) as MapOutcome;
  }

  async runReduce(work: ReduceWork, handle: TaskHandle): Promise<ReduceOutcome> {
    const { folder, file } = work;
    const path = folder.pathOf(file);
    const runs = work.runs.map(({ source, file, startByte, bytes }) => ({
      ...{ source, path: folder.pathOf(file), startByte, bytes },
    }));
    const run = (thread: TaskThreadLine) => thread.run({ type: "reduce", runs, path }, handle);
    return await this.#with(run, handle) as ReduceOutcome;
  }

  /** Ends all threads; nothing may run any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((thread) => thread.close()));
  }

  async #with<T>(run: (thread: TaskThreadLine) => Promise<T>, { signal }: TaskHandle): Promise<T> {
    while (this.#busy >= this.#parts.threads) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#busy++;
    let thread: TaskThreadLine | undefined;
    try {
      signal.throwIfAborted();
      thread = this.#idle.pop() ?? await this.#start();
      return await run(thread);
    } finally {
      this.#busy--;
      if (thread !== undefined && !thread.isDead) this.#idle.push(thread);
      this.#waiting.shift()?.();
    }
  }

  async #start(): Promise<TaskThreadLine> {
    const { job, partitions, memoryBytes, kernel, clock, newThread = realThread } = this.#parts;
    const thread = new TaskThreadLine(newThread(), clock);
    try {
      await thread.open({ type: "open", job, partitions, memoryBytes, kernel });
      return thread;
    } catch (error) {
      await thread.close();
      throw error;
    }
  }
}

function realThread(): ThreadPort {
  return new Worker(new URL("./task_thread.ts", import.meta.url), { type: "module" });
}
