import type { Clock, Timer } from "../../clock/clock.ts";
import type { Connection } from "../../transport/connection.ts";
import type { SendResult } from "../../transport/session/keep_session.ts";
import type { Outbox } from "../../transport/session/outbox.ts";
import { MAX_IN_FLIGHT } from "../limits.ts";
import { encodeSay } from "../line_codec.ts";
import { type ChatKinds, chatService } from "../protocol.ts";
import type { ChatEvent } from "../chat_event.ts";
import type { ClientMemory } from "./client_memory.ts";
import type { TypedLine } from "./typed_line.ts";

/** How soon is tried again to keep what could not be kept, in milliseconds. */
const KEEP_AGAIN_MS = 1000;

/** What a {@linkcode LineSender} works with. */
export interface LineSenderOptions {
  readonly clock: Clock;
  readonly memory: ClientMemory;
  readonly emit: (event: ChatEvent) => void;
  /** Whether a line for this place may go now; `wake` when that changes. */
  readonly mayGo: (where: string) => boolean;
}

/** Typed lines from the moment in which they are typed until the server has them. */
export class LineSender {
  readonly #options: LineSenderOptions;
  /** The connection on which lines may be sent. */
  #connection: Connection<ChatKinds> | undefined;
  /** Sequences of lines that are on their way. */
  #inFlight: number[] = [];
  /** Acknowledged as far as was told. */
  #toldSequence: number;
  /** Sent on this connection, or acknowledged, up to this one. */
  #sentSequence = 0;
  /** Those who wait for their lines to be sent. */
  #unsent: { readonly upTo: number; readonly isSent: () => void }[] = [];
  #keepAgain: Timer | undefined;
  /** Those who wait for their lines to be kept. */
  readonly #unkept: (() => void)[] = [];
  #isOver = false;

  constructor(options: LineSenderOptions) {
    this.#options = options;
    this.#toldSequence = options.memory.state.outbox.acknowledgedSequence;
  }

  /** Lines that the server does not have yet. */
  get waiting(): number {
    return this.#options.memory.state.outbox.size;
  }

  /** Takes a line, and resolves when it is safe. @returns false when it was not taken */
  async add(line: TypedLine): Promise<boolean> {
    const { memory: { state, sync }, emit } = this.#options;
    const sequence = state.add(line);
    if (sequence === undefined) {
      const lines = [`Cannot keep the line: ${this.waiting} wait to be sent already`];
      emit({ type: "local", lines, isError: true });
      return false;
    }
    await sync?.().catch((error) => {
      this.keepLater(error);
      return new Promise<void>((resolve) => this.#unkept.push(resolve));
    });
    emit({ type: "queued", sequence, ...line });
    return true;
  }

  /** From now on, lines may be sent on this connection. */
  begin(connection: Connection<ChatKinds>): void {
    this.#connection = connection;
    this.#inFlight = [];
    this.#sentSequence = this.#options.memory.state.outbox.acknowledgedSequence;
    this.#tell(this.#options.memory.state.outbox.acknowledgedSequence);
  }

  /** There is no line any more: nobody shall wait for it. */
  lost(): void {
    this.#connection = undefined;
    for (const { isSent } of this.#unsent.splice(0)) isSent();
  }

  /** Resolves when all lines so far are sent, acknowledged or not; or there is no line to send on. */
  sent(): Promise<void> {
    const upTo = this.#options.memory.state.outbox.lastSequence;
    if (this.#connection === undefined || this.#sentSequence >= upTo) return Promise.resolve();
    return new Promise((isSent) => this.#unsent.push({ upTo, isSent }));
  }

  /** Numbers are those of another session, which has been acknowledged so far. */
  renumbered(acknowledgedSequence: number): void {
    this.#toldSequence = acknowledgedSequence;
  }

  /** Sends one line. For `keepSession`. */
  send(connection: Connection<ChatKinds>, outbox: Outbox<TypedLine>): SendResult {
    // Lines for rooms that were not asked for would be refused.
    if (connection !== this.#connection || this.#inFlight.length >= MAX_IN_FLIGHT) return "pause";
    const [sequence, line] = [outbox.peekSequence(), outbox.peek()];
    if (sequence === undefined || line === undefined) return "pause";
    if (!this.#options.mayGo(line.where)) return "pause";
    const say = encodeSay({ sequence, ...line });
    if (!connection.send(chatService.kinds.say, say)) return "full";
    outbox.advance();
    this.#inFlight.push(sequence);
    this.#sentSequence = sequence;
    while ((this.#unsent[0]?.upTo ?? Infinity) <= sequence) this.#unsent.shift()?.isSent();
    return "sent";
  }

  /** ACK. @throws {LineError} `bad-message` when that was never sent */
  acknowledged(upTo: number): void {
    this.#options.memory.state.acknowledged(upTo);
    while ((this.#inFlight[0] ?? Infinity) <= upTo) this.#inFlight.shift();
    this.#tell(upTo);
  }

  /** The line with this number, while it is not acknowledged. */
  line(sequence: number): TypedLine | undefined {
    for (const entry of this.#options.memory.state.outbox.entries()) {
      if (entry.sequence >= sequence) {
        return entry.sequence === sequence ? entry.value : undefined;
      }
    }
    return undefined;
  }

  /** Something could not be kept: says so, and tries again soon. */
  keepLater(error: unknown): void {
    const { clock, memory: { sync }, emit } = this.#options;
    if (this.#keepAgain !== undefined || this.#isOver) return;
    const why = error instanceof Error ? error.message : String(error);
    const lines = [`Cannot keep what is typed and seen: ${why}; trying again`];
    emit({ type: "local", lines, isError: true });
    this.#keepAgain = clock.after(KEEP_AGAIN_MS, () => {
      this.#keepAgain = undefined;
      sync?.().then(
        () => this.#unkept.splice(0).forEach((isKept) => isKept()),
        (again) => this.keepLater(again),
      );
    });
  }

  /** Nothing is tried any more. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.lost();
    this.#keepAgain?.cancel();
  }

  #tell(upTo: number): void {
    if (upTo <= this.#toldSequence) return;
    this.#toldSequence = upTo;
    this.#options.emit({ type: "sent", upTo, waiting: this.waiting });
  }
}
