/** A sandbox as its worker sees it: a process that may die at any time, and another one after it. */
import type { Clock } from "../../../clock/clock.ts";
import { encodeFrame } from "../../../transport/frame.ts";
import type { UserJob } from "../job_description.ts";
import { JobError } from "../job_error.ts";
import { LastLines } from "../last_lines.ts";
import type { Program, Spawner } from "../spawner.ts";
import { type Answer, readAnswer } from "./read_answer.ts";
import { SandboxDeath } from "./sandbox_death.ts";
import {
  MAX_ANSWER_FRAME_BYTES,
  type OpenHead,
  packPayload,
  type ReadyHead,
  SandboxKind,
} from "./sandbox_frames.ts";
import { framesOf } from "./sandbox_host.ts";
import type { ThreadFrame } from "./sandbox_thread.ts";

/** Time that a process may take to start and load a job, in milliseconds: this, or the job's limit. */
const START_MS = 20_000;

/** A process that runs. */
interface Child {
  readonly program: Program;
  readonly frames: AsyncIterator<ThreadFrame>;
  readonly lastErrors: LastLines;
}

/** What a sandbox needs. */
export interface SandboxOptions {
  readonly job: UserJob;
  /** The job's module, linked. */
  readonly source: string;
  readonly spawner: Spawner;
  readonly clock: Clock;
}

/** Runs requests in a process of its own; one at a time. */
export class Sandbox implements AsyncDisposable {
  readonly #options: SandboxOptions;
  #child: Child | undefined;
  /** Whether the values that the job's mapper emits are counts. */
  #hasCounts = false;
  /** Processes that were started. */
  started = 0;

  constructor(options: SandboxOptions) {
    this.#options = options;
  }

  /** Starts the process if there is none. @throws {JobError} when the job cannot be loaded */
  async open(signal?: AbortSignal): Promise<ReadyHead> {
    const { job, source, spawner } = this.#options;
    await this[Symbol.asyncDispose]();
    const program = spawner.sandbox();
    this.started++;
    const lastErrors = new LastLines();
    const child = { program, frames: framesOf(program.output, MAX_ANSWER_FRAME_BYTES), lastErrors };
    this.#child = child;
    void lastErrors.readAll(program.errors);
    const open: OpenHead = { name: job.name, source, memoryBytes: job.memoryBytes };
    try {
      const limitMs = Math.max(START_MS, job.timeLimitMs);
      const frame = { kind: SandboxKind.Open, payload: packPayload(open) };
      const answer = await this.#ask(child, frame, limitMs, signal);
      if (answer.kind === "ready") {
        const { combine, reduce } = answer.head;
        this.#hasCounts = combine === "sum" || reduce === "sum";
        return answer.head;
      }
      if (answer.kind !== "broken") throw outOfTurn(answer);
      throw new JobError(`Cannot load ${job.name}: ${answer.head.message}`, { isFinal: true });
    } catch (error) {
      await this[Symbol.asyncDispose]();
      if (!(error instanceof SandboxDeath)) throw error;
      throw new JobError(`Cannot load ${job.name}: ${error.message}`, { cause: error });
    }
  }

  /**
   * Asks the job.
   *
   * @returns what DONE says, checked
   * @throws {SandboxDeath} when the process has died of it, or had to be ended
   * @throws {JobError} when the job cannot be loaded again
   * @throws the signal's reason
   */
  async ask(
    kind: number,
    payload: Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<Answer & { readonly kind: "done" }> {
    if (this.#child === undefined) await this.open(signal);
    const { job } = this.#options;
    try {
      const answer = await this.#ask(
        this.#child as Child,
        { kind, payload },
        job.timeLimitMs,
        signal,
      );
      if (answer.kind === "done") return answer;
      if (answer.kind !== "broken") throw outOfTurn(answer);
      throw new SandboxDeath(answer.head.message, { isDeath: false });
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Ends the process, if there is one. */
  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    child.program.kill();
    await child.program.ended;
    // Gives the pipe back, when what is in it was read.
    child.frames.return?.().catch(() => {});
    await child.lastErrors.complete;
  }

  async #ask(
    { program, frames, lastErrors }: Child,
    { kind, payload }: ThreadFrame,
    limitMs: number,
    signal?: AbortSignal,
  ): Promise<Answer> {
    signal?.throwIfAborted();
    const { promise: over, reject } = Promise.withResolvers<never>();
    const timer = this.#options.clock.after(limitMs, () => {
      reject(new SandboxDeath(`it took more than ${limitMs} ms`));
    });
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const answered = async () => {
      // Who does not read has died, or will not answer.
      program.write(encodeFrame(kind, payload)).catch(() => {});
      const { done, value } = await frames.next();
      if (done === true) throw new SandboxDeath(await reasonOf(program, lastErrors));
      const answer = readAnswer(value, kind === SandboxKind.Map && this.#hasCounts);
      if (answer.kind !== "died") return answer;
      throw new SandboxDeath(answer.head.message);
    };
    const reply = answered().catch((error) => {
      if (error instanceof SandboxDeath) throw error;
      throw new SandboxDeath(`it wrote to standard output what is no frame: ${error}`);
    });
    reply.catch(() => {}); // when the time limit came first
    try {
      return await Promise.race([reply, over]);
    } finally {
      timer.cancel();
      signal?.removeEventListener("abort", onAbort);
    }
  }
}

function outOfTurn({ kind }: Answer): SandboxDeath {
  return new SandboxDeath(`it answered out of turn: ${kind}`);
}

async function reasonOf(program: Program, lastErrors: LastLines): Promise<string> {
  const { code, signal } = await program.ended;
  await lastErrors.complete;
  const { lines } = lastErrors;
  if (lines.some((line) => /out of memory|OutOfMemory/i.test(line))) return "it ran out of memory";
  const last = lines.at(-1);
  const how = signal === undefined ? `with status ${code}` : `by ${signal}`;
  return `its process ended ${how}${last === undefined ? "" : `: ${last}`}`;
}
