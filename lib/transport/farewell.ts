import type { Clock, Timer } from "../clock/clock.ts";
import type { CloseCause } from "./close_report.ts";
import { encodeFrame, Kind } from "./frame.ts";
import { encodeGoodbye, type Goodbye } from "./handshake_messages.ts";
import { LineError, LineErrorCode } from "./line_error.ts";
import type { Sender } from "./sender.ts";

/** How long a close waits without progress, in milliseconds. */
export const GOODBYE_TIMEOUT_MS = 5000;

/** What {@linkcode Farewell} works with. */
export interface FarewellOptions {
  readonly sender: Sender;
  readonly clock: Clock;
  /** Told when each side has said or confirmed what it had to. */
  readonly onDone: (cause: CloseCause) => void;
  /** Told when the peer took nothing for five seconds. */
  readonly onTimeout: (cause: CloseCause) => void;
}

/**
 * The end of a connection in good order: whoever leaves says GOODBYE after all its frames, the other
 * side sends what it still has and then GOODBYE_ACK. When both leave at once the two GOODBYEs cross,
 * and each is acknowledged.
 */
export class Farewell {
  /** Whether our GOODBYE was acknowledged. */
  isConfirmed = false;
  readonly #options: FarewellOptions;
  #said: Goodbye | undefined;
  #heard: Goodbye | undefined;
  /** Whether our GOODBYE has begun to leave, and our answer to the peer's is written. */
  #hasLeft = false;
  #hasAnswered = false;
  #isOver = false;
  #timer: Timer | undefined;

  constructor(options: FarewellOptions) {
    this.#options = options;
  }

  /** What the peer said. */
  get heard(): Goodbye | undefined {
    return this.#heard;
  }

  /** Says GOODBYE, after all that was sent. */
  say(goodbye: Goodbye): void {
    const { sender } = this.#options;
    const frame = encodeGoodbye(goodbye);
    this.#said = goodbye;
    sender.close();
    sender.queueLast(frame, () => this.#awaitProgress(), () => {
      this.#hasLeft = true;
    });
    this.#awaitProgress();
  }

  /** The peer said GOODBYE. */
  onGoodbye(goodbye: Goodbye): void {
    if (this.#heard !== undefined) return;
    const { sender } = this.#options;
    this.#heard = goodbye;
    sender.close();
    sender.queueLast(encodeFrame(Kind.GoodbyeAck, new Uint8Array(0)), () => {
      this.#hasAnswered = true;
      this.#check();
    });
    this.#awaitProgress();
  }

  /** The peer confirmed our GOODBYE. @throws {LineError} `unexpected-kind` when there was none */
  onAck(): void {
    if (!this.#hasLeft) {
      throw new LineError(LineErrorCode.UnexpectedKind, "Cannot take GOODBYE_ACK: none is due");
    }
    this.isConfirmed = true;
    this.#check();
  }

  /** Waits no longer. */
  stop(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }

  #check(): void {
    if (this.#said !== undefined && !this.isConfirmed) return;
    if (this.#heard !== undefined && !this.#hasAnswered) return;
    this.#options.onDone(this.#cause());
  }

  /** Gives up when five seconds pass in which the peer took nothing. */
  #awaitProgress(): void {
    const { sender, clock, onTimeout } = this.#options;
    const { writtenBytes } = sender;
    if (this.#isOver) return;
    this.#timer?.cancel();
    this.#timer = clock.after(GOODBYE_TIMEOUT_MS, () => {
      if (sender.writtenBytes !== writtenBytes) this.#awaitProgress();
      else onTimeout(this.#cause());
    });
  }

  #cause(): CloseCause {
    const { code, message } = this.#said ?? this.#heard ?? { code: "done", message: "" };
    return {
      code,
      message,
      by: this.#said === undefined ? "peer" : "here",
      retryAfterMs: this.#heard?.retryAfterMs,
    };
  }
}
