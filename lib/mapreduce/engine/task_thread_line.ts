/** One thread of a pool, as its owner sees it. */
import type { Clock } from "../../clock/clock.ts";
import { TaskError, type TaskHandle } from "./task_runner.ts";
import type { FromThread, ThreadFailure, ToThread } from "./thread_messages.ts";

/** Time in which a thread that is told to stop does so, in milliseconds; then it is ended. */
const STOP_MS = 1000;

/** What a pool needs of a thread: `Worker` is one. */
export interface ThreadPort {
  onmessage: ((event: MessageEvent<FromThread>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: ToThread, transfer: ArrayBuffer[]): void;
  terminate(): void;
}

type Outcome = (FromThread & { readonly type: "done" })["outcome"];

interface Call {
  /** What went wrong on this side, which is why the thread was told to stop. */
  error?: unknown;
  /** Whether the thread is through, and only its output is still on the way. */
  isThrough: boolean;
  /** Ends when the output that has come is taken: one piece after the other. */
  writing: Promise<void>;
  readonly handle: TaskHandle | undefined;
  readonly resolve: (message: FromThread) => void;
  readonly reject: (error: unknown) => void;
}

/** One thread. */
export class TaskThreadLine {
  /** Whether it can do nothing any more. */
  isDead = false;
  readonly #port: ThreadPort;
  readonly #clock: Clock;
  #call: Call | undefined;

  constructor(port: ThreadPort, clock: Clock) {
    this.#port = port;
    this.#clock = clock;
    port.onmessage = ({ data }) => this.#take(data);
    port.onerror = (event) => {
      event.preventDefault();
      this.#die(new TaskError(`Its thread died: ${event.message}`));
    };
  }

  /** Tells it the job. @throws {TaskError} */
  async open(message: ToThread & { readonly type: "open" }): Promise<void> {
    await this.#ask(message, undefined);
  }

  /** Has it do an attempt. @throws {TaskError} @throws the signal's reason */
  async run(
    message: ToThread & { readonly type: "map" | "reduce" },
    handle: TaskHandle,
  ): Promise<Outcome> {
    const { signal } = handle;
    signal.throwIfAborted();
    let timer: { cancel(): void } | undefined;
    const onAbort = () => {
      if (this.#call?.isThrough) return this.#settle(({ reject }) => reject(signal.reason));
      this.#post({ type: "abort" });
      timer = this.#clock.after(STOP_MS, () => this.#die(signal.reason));
    };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      const answer = await this.#ask(message, handle);
      signal.throwIfAborted();
      if (answer.type !== "done") throw new TypeError(`A thread said ${answer.type}`);
      return answer.outcome;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      timer?.cancel();
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Ends it, when it does nothing. */
  async close(): Promise<void> {
    if (this.isDead) return;
    const timer = this.#clock.after(STOP_MS, () => this.#die(new TaskError("It is over")));
    try {
      await this.#ask({ type: "close" }, undefined);
    } catch {
      // It is ended in any case.
    }
    timer.cancel();
    this.#die(new TaskError("It is over"));
  }

  #ask(message: ToThread, handle: TaskHandle | undefined): Promise<FromThread> {
    if (this.isDead) return Promise.reject(new TaskError("Its thread is dead"));
    return new Promise((resolve, reject) => {
      const writing = Promise.resolve();
      this.#call = { handle, resolve, reject, writing, isThrough: false };
      this.#post(message);
    });
  }

  #take(message: FromThread): void {
    const { handle } = this.#call ?? {};
    switch (message.type) {
      case "progress":
        return handle?.progress(
          message.bytes,
          message.records,
          message.status,
          message.spilledBytes,
        );
      case "read":
        return void this.#read(message, handle);
      case "output":
        return this.#write(message.bytes);
      case "opened":
      case "closed":
        return this.#settle(({ resolve }) => resolve(message));
      case "done":
        return this.#endWriting(message);
      case "failed":
        return this.#settle(({ reject, error }) => reject(error ?? taskErrorOf(message.failure)));
    }
  }

  async #read(
    { id, input, offset, length }: FromThread & { readonly type: "read" },
    handle: TaskHandle | undefined,
  ): Promise<void> {
    try {
      const bytes = await handle?.readInput(input, offset, length) ?? new Uint8Array(0);
      this.#post({ type: "bytes", id, bytes }, [bytes.buffer as ArrayBuffer]);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#post({ type: "no-bytes", id, message });
    }
  }

  #write(bytes: Uint8Array): void {
    const call = this.#call;
    if (call?.handle === undefined) return;
    const { handle } = call;
    call.writing = call.writing.then(async () => {
      // Nobody wants the rest of what is over.
      if (this.#call !== call || call.error !== undefined) return;
      try {
        await handle.write(bytes);
        if (this.#call === call) this.#post({ type: "written" });
      } catch (error) {
        // The thread waits for the piece to be taken, which will never be: it has to say that it stopped.
        if (this.#call !== call) return;
        call.error = error ?? new TaskError("Its output cannot be taken");
        if (!call.isThrough) this.#post({ type: "abort" });
      }
    });
  }

  /** The thread is through: the attempt is once its output is taken. */
  #endWriting(message: FromThread): void {
    const call = this.#call;
    if (call === undefined) return;
    call.isThrough = true;
    call.writing.then(() => {
      if (this.#call !== call) return;
      this.#settle(({ resolve, reject, error }) =>
        error === undefined ? resolve(message) : reject(error)
      );
    });
  }

  #post(message: ToThread, transfer: ArrayBuffer[] = []): void {
    if (!this.isDead) this.#port.postMessage(message, transfer);
  }

  #settle(settle: (call: Call) => void): void {
    const call = this.#call;
    this.#call = undefined;
    if (call !== undefined) settle(call);
  }

  #die(error: unknown): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#port.terminate();
    this.#settle(({ reject }) => reject(error));
  }
}

function taskErrorOf({ message, ...fields }: ThreadFailure): TaskError {
  return new TaskError(message, fields);
}
