import type { Clock, Timer } from "../../clock/clock.ts";
import type { Connection } from "../../transport/connection.ts";
import type { SendResult } from "../../transport/session/keep_session.ts";
import type { Outbox } from "../../transport/session/outbox.ts";
import { MAX_IN_FLIGHT } from "../limits.ts";
import { encodeSay } from "../line_codec.ts";
import { type ChatKinds, chatService } from "../protocol.ts";
import type { ChatEvent } from "../chat_event.ts";
import type { Refused } from "../messages.ts";
import type { ClientMemory } from "./client_memory.ts";
import type { TypedLine } from "./typed_line.ts";

/** Name of the note that has session and number of the last line that was refused. */
const REFUSED_NOTE = "refused";

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
  /** Lines that may be refused yet: sent, or left by an earlier process, and not acknowledged since. */
  readonly #refusable = new Map<number, TypedLine>();
  /** The last one of the session that was refused. */
  #refusedSequence: number;
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
    const { state: { outbox, session }, notes } = options.memory;
    const [ofSession, refused] = notes.get(REFUSED_NOTE)?.split(" ") ?? [];
    this.#refusedSequence = ofSession === session?.id ? Number(refused ?? 0) : 0;
    this.#toldSequence = outbox.acknowledgedSequence;
    for (const { sequence, value } of outbox.entries()) {
      if (this.#refusable.size === MAX_IN_FLIGHT) break;
      this.#refusable.set(sequence, value);
    }
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
    this.#refusable.clear();
    this.#refusedSequence = acknowledgedSequence;
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
    this.#refusable.set(sequence, line);
    this.#inFlight.push(sequence);
    this.#sentSequence = sequence;
    while ((this.#unsent[0]?.upTo ?? Infinity) <= sequence) this.#unsent.shift()?.isSent();
    return "sent";
  }

  /** ACK. @throws {LineError} `bad-message` when that was never sent */
  acknowledged(upTo: number): void {
    this.#options.memory.state.acknowledged(upTo);
    while ((this.#inFlight[0] ?? Infinity) <= upTo) this.#inFlight.shift();
    for (const sequence of this.#refusable.keys()) {
      if (sequence <= upTo) this.#refusable.delete(sequence);
    }
    this.#tell(upTo);
  }

  /** REFUSED: it is said again when the server does not know whether that has arrived. */
  refused(refused: Refused): void {
    const { sequence } = refused;
    if (sequence <= this.#refusedSequence) return;
    this.#refusedSequence = sequence;
    this.#options.emit({ type: "refused", ...refused, ...this.#refusable.get(sequence) });
  }

  /** People were told of a refusal: the next process needs not tell it again. */
  refusalShown(sequence: number): void {
    const { notes, state } = this.#options.memory;
    notes.set(REFUSED_NOTE, `${state.session?.id} ${sequence}`);
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
