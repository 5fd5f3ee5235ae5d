import type { Clock } from "../../clock/clock.ts";
import { sleep } from "../../clock/sleep.ts";
import {
  type FromGuard,
  GuardMessageError,
  INPUT_WINDOW_BYTES,
  MAX_DATA_BYTES,
  type OutputStream,
} from "./messages.ts";
import type { RoomProcess } from "./process_room.ts";

/**
 * Once the leader has exited, output that stands still for so long is not waited for, in milliseconds:
 * what it has started may hold the pipes for ever.
 */
const QUIET_MS = 500;

/** What a copy is made of. */
export interface GuardCopyParts {
  readonly copy: number;
  readonly process: RoomProcess;
  readonly clock: Clock;
  /** Tells the launcher; resolves when it is out. Never rejects. */
  readonly send: (message: FromGuard) => Promise<void>;
}

/** A process that a guard has started: its input and its outputs. */
export class GuardCopy {
  readonly #parts: GuardCopyParts;
  readonly #input: Uint8Array[] = [];
  #waitingBytes = 0;
  #isFeeding = false;
  #isInputEnded = false;
  /** Output that came, and whether some is on its way. */
  #moves = 0;
  #sending = 0;

  constructor(parts: GuardCopyParts) {
    this.#parts = parts;
  }

  /** Number of the process, and of its group. */
  get pid(): number {
    return this.#parts.process.pid;
  }

  /** When the process itself has exited; what it has started may be there still. */
  get exited(): Promise<void> {
    return this.#parts.process.ended.then(() => {});
  }

  /** Takes bytes for its input. @throws {GuardMessageError} when they are more than was agreed */
  push(bytes: Uint8Array): void {
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > INPUT_WINDOW_BYTES) {
      throw new GuardMessageError(`Cannot take more than ${INPUT_WINDOW_BYTES} bytes of input`);
    }
    this.#input.push(bytes);
    void this.#feed();
  }

  /** Ends its input behind what waits. */
  endInput(): void {
    this.#isInputEnded = true;
    void this.#feed();
  }

  /** Sends what it writes, and at last how it exited. */
  async run(): Promise<void> {
    const { copy, process, send } = this.#parts;
    const drained = Promise.all([
      this.#forward(process.output, "stdout"),
      this.#forward(process.errors, "stderr"),
    ]);
    const { code, signal } = await process.ended;
    await Promise.race([drained, this.#quiet()]);
    await send({ type: "exited", copy, code, signal });
    await drained;
  }

  async #forward(chunks: AsyncIterable<Uint8Array>, stream: OutputStream): Promise<void> {
    const { copy, send } = this.#parts;
    try {
      for await (const chunk of chunks) {
        this.#moves++;
        this.#sending++;
        for (let at = 0; at < chunk.length; at += MAX_DATA_BYTES) {
          const bytes = chunk.subarray(at, at + MAX_DATA_BYTES);
          await send({ type: "output", copy, stream, bytes });
        }
        this.#sending--;
      }
    } catch {
      // A pipe that breaks has ended.
    }
  }

  /** Resolves when no output has come for a while. */
  async #quiet(): Promise<void> {
    for (let moves = -1; moves !== this.#moves || this.#sending > 0;) {
      moves = this.#moves;
      await sleep(this.#parts.clock, QUIET_MS);
    }
  }

  async #feed(): Promise<void> {
    if (this.#isFeeding) return;
    this.#isFeeding = true;
    const { copy, process, send } = this.#parts;
    for (let bytes; (bytes = this.#input.shift()) !== undefined;) {
      // What nobody reads is taken all the same: the launcher learns of the end by EXITED.
      await process.write(bytes).catch(() => {});
      this.#waitingBytes -= bytes.length;
      void send({ type: "taken", copy, bytes: bytes.length });
    }
    this.#isFeeding = false;
    if (this.#isInputEnded) await process.endInput();
  }
}
