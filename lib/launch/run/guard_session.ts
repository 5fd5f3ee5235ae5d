import type { Clock, Timer } from "../../clock/clock.ts";
import { sleep } from "../../clock/sleep.ts";
import { ExitCode } from "../../config/exit_code.ts";
import {
  beatMs,
  decodeFromGuard,
  encodeMessage,
  type FromGuard,
  INPUT_WINDOW_BYTES,
  MAX_DATA_BYTES,
  type OutputMessage,
  type ReadyMessage,
  type StartMessage,
  type ToGuard,
} from "../guard/messages.ts";
import { formatDurationMs } from "../../terminal/format_duration_ms.ts";
import { readFrames } from "../guard/read_frames.ts";
import type { RunFile } from "../guard/run_folder.ts";
import type { GuardPipe, HostLink } from "../host_link.ts";
import { HostError } from "../ssh/host_error.ts";
import { problemCode } from "../ssh/problem_code.ts";

/** Exit code of ssh when it has lost its connection. */
const NO_CONNECTION = 255;

/** How long a guard has to say READY, in milliseconds; its way there has a limit of its own. */
const READY_MS = 30_000;

/** What a copy tells its launcher. */
export type CopyEvent = Extract<FromGuard, { type: "started" | "failed" | "exited" }>;

/** What a session is made of. */
export interface GuardSessionParts {
  readonly link: HostLink;
  readonly clock: Clock;
  readonly runId: string;
  /** For the run's folder there. */
  readonly files: readonly RunFile[];
  /**
   * Silence after which the other end counts as gone, in milliseconds; 0 where a machine cannot vanish
   * without the way to it ending.
   */
  readonly silenceMs: number;
  /** Output of copies. Nothing more is read until it resolves, and at last the copy has to wait. */
  readonly onOutput: (output: OutputMessage) => Promise<void> | void;
  readonly onCopy: (event: CopyEvent) => void;
  /** What the guard, or ssh, says to people. */
  readonly onWords: (bytes: Uint8Array) => void;
}

/** How a session ended. */
export interface GuardEnd {
  /** Numbers of processes that the guard could not end. */
  readonly left: readonly number[];
  /** Why the guard cannot have ended its processes in good order; `undefined` when it has. */
  readonly lost: string | undefined;
  /** Exit code for that: 69 or 77 where it cannot be reached, or lets nobody in; 0: not lost. */
  readonly code: ExitCode;
  /** It was lost because nothing was heard from it any more. */
  readonly isSilent: boolean;
}

/** Input of a copy that is on its way. */
interface InputWindow {
  bytes: number;
  /** Nobody takes it any more. */
  isOver: boolean;
  wake: () => void;
}

/** A launcher's end of the way to one guard. */
export class GuardSession {
  readonly #parts: GuardSessionParts;
  readonly #end = Promise.withResolvers<GuardEnd>();
  readonly #ready = Promise.withResolvers<ReadyMessage>();
  /** Input that copies have not taken, and who waits until they do. */
  readonly #windows = new Map<number, InputWindow>();
  #pipe: GuardPipe | undefined;
  #machine: ReadyMessage | undefined;
  #writing: Promise<void> = Promise.resolve();
  #heardNs: number;
  #beats: Timer | undefined;
  #lost: string | undefined;
  #lostCode: ExitCode;
  #isSilent = false;
  /** Nothing is read meanwhile: whoever gets the output does not take it. */
  #isTaking = false;
  #hasEnded = false;

  constructor(parts: GuardSessionParts) {
    this.#parts = parts;
    this.#heardNs = parts.clock.monotonicNs();
    this.#lostCode = parts.silenceMs > 0 ? ExitCode.Unreachable : ExitCode.Failed;
    this.#ready.promise.catch(() => {});
  }

  /** Name of the machine, as the user wrote it. */
  get name(): string {
    return this.#parts.link.name;
  }

  /** What the guard said of its machine; `undefined` before it has. */
  get machine(): ReadyMessage | undefined {
    return this.#machine;
  }

  /** Ports of its machine by those of this machine that they stand for. */
  get ports(): ReadonlyMap<number, number> {
    return this.#pipe?.ports ?? new Map();
  }

  /** Whether the guard is gone. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** When the guard is gone. Never rejects. */
  get ended(): Promise<GuardEnd> {
    return this.#end.promise;
  }

  /** Starts the guard. @throws {Error} one line: which machine, what failed */
  async start(): Promise<ReadyMessage> {
    const { link, runId, files, clock, silenceMs } = this.#parts;
    try {
      this.#pipe = await link.start();
    } catch (error) {
      this.#lost = error instanceof Error ? error.message : String(error);
      this.#lostCode = error instanceof HostError ? problemCode(error.problem) : ExitCode.Failed;
      this.#close([]);
      throw error;
    }
    void this.#readWords(this.#pipe);
    void this.#read(this.#pipe);
    void this.#send({
      ...{ type: "hello", runId, hostName: link.name, files: [...files], silenceMs },
    });
    this.#heardNs = clock.monotonicNs();
    this.#beat();
    const late = new AbortController();
    sleep(clock, READY_MS, late.signal).then(() => this.#lose("it does not answer"), () => {});
    try {
      return this.#machine = await this.#ready.promise;
    } finally {
      late.abort();
    }
  }

  /** Starts a copy; `onCopy` says what became of it. */
  startCopy(message: Omit<StartMessage, "type">): void {
    void this.#send({ type: "start", ...message });
  }

  /** Writes to the input of a copy; resolves when there is room for more, or nobody reads. */
  async write(copy: number, bytes: Uint8Array): Promise<void> {
    const window = this.#windows.get(copy) ?? { bytes: 0, isOver: false, wake: () => {} };
    this.#windows.set(copy, window);
    for (let at = 0; at < bytes.length && !this.#hasEnded && !window.isOver;) {
      const size = Math.min(bytes.length - at, MAX_DATA_BYTES);
      if (window.bytes + size > INPUT_WINDOW_BYTES) {
        await new Promise<void>((resolve) => window.wake = resolve);
        continue;
      }
      window.bytes += size;
      void this.#send({ type: "input", copy, bytes: bytes.slice(at, at + size) });
      at += size;
    }
  }

  /** Ends the input of a copy. */
  endInput(copy: number): void {
    void this.#send({ type: "input-end", copy });
  }

  /** Has a copy end. */
  stop(copy: number): void {
    void this.#send({ type: "stop", copy });
  }

  /** Has everything end; again: sooner. @param graceMs most time that processes have */
  end(graceMs?: number): void {
    void this.#send({ type: "end", graceMs });
  }

  /** Breaks the way; a guard elsewhere cleans up by itself then. */
  kill(): void {
    this.#lost ??= "it does not answer";
    this.#pipe?.kill();
  }

  async #read(pipe: GuardPipe): Promise<void> {
    let left: readonly number[] | undefined;
    try {
      for await (const message of readFrames(pipe.output, decodeFromGuard)) {
        this.#heardNs = this.#parts.clock.monotonicNs();
        if (message.type === "ended") left = message.left;
        else await this.#taken(message);
      }
    } catch (error) {
      this.#lose(error instanceof Error ? error.message : String(error));
    }
    await pipe.input.end();
    const { code } = await pipe.ended;
    if (left === undefined) this.#lost ??= this.#whyEnded(code);
    this.#close(left ?? []);
  }

  /** Takes a message; while that waits, silence is our own. */
  async #taken(message: Exclude<FromGuard, { type: "ended" }>): Promise<void> {
    this.#isTaking = true;
    await this.#take(message);
    this.#isTaking = false;
    this.#heardNs = this.#parts.clock.monotonicNs();
  }

  async #take(message: Exclude<FromGuard, { type: "ended" }>): Promise<void> {
    switch (message.type) {
      case "ready":
        return this.#ready.resolve(message);
      case "output":
        return await this.#parts.onOutput(message);
      case "taken": {
        const window = this.#windows.get(message.copy);
        if (window === undefined) return;
        window.bytes -= message.bytes;
        return window.wake();
      }
      case "exited":
      case "failed": {
        const window = this.#windows.get(message.copy);
        if (window !== undefined) window.isOver = true;
        window?.wake();
        return this.#parts.onCopy(message);
      }
      case "started":
        return this.#parts.onCopy(message);
      case "beat":
    }
  }

  async #readWords(pipe: GuardPipe): Promise<void> {
    try {
      for await (const bytes of pipe.errors) this.#parts.onWords(bytes);
    } catch {
      // The way has broken; the end says so.
    }
  }

  #beat(): void {
    const { clock, silenceMs } = this.#parts;
    this.#beats = clock.after(beatMs(silenceMs), () => {
      const silentMs = (clock.monotonicNs() - this.#heardNs) / 1e6;
      // Until it is ready, it has longer: it may have to be loaded.
      const canBeHeard = this.#machine !== undefined && !this.#isTaking;
      if (silenceMs > 0 && canBeHeard && silentMs > silenceMs) {
        this.#isSilent = true;
        return this.#lose(`nothing was heard from it for ${formatDurationMs(silenceMs)}`);
      }
      void this.#send({ type: "beat" });
      this.#beat();
    });
  }

  #whyEnded(code: number): string {
    const isFar = this.#parts.silenceMs > 0;
    return isFar && code === NO_CONNECTION
      ? "the connection was lost"
      : `its guard ended with ${code}`;
  }

  #lose(why: string): void {
    this.#lost ??= why;
    this.kill();
  }

  #close(left: readonly number[]): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#beats?.cancel();
    for (const { wake } of this.#windows.values()) wake();
    const lost = this.#lost;
    const code = lost === undefined ? ExitCode.Done : this.#lostCode;
    this.#ready.reject(new Error(`Cannot use ${this.name}: ${lost ?? "its guard has ended"}`));
    this.#end.resolve({ left, lost, code, isSilent: this.#isSilent });
  }

  #send(message: ToGuard): Promise<void> {
    const pipe = this.#pipe;
    if (pipe === undefined) return Promise.resolve();
    const bytes = encodeMessage(message);
    return this.#writing = this.#writing.then(() => pipe.input.write(bytes)).catch(() => {});
  }
}
