import type { Connection } from "../../transport/connection.ts";
import type { Handlers } from "../../transport/routes.ts";
import type { ChatEvent } from "../chat_event.ts";
import { type ChatKinds, chatService } from "../protocol.ts";

/** Why a client of a relay is done: it typed `fin`, or the server said EXIT. */
export interface RelayEnd {
  readonly why: "fin" | "exit";
  /** For people. */
  readonly reason: string;
}

/** What a {@linkcode RelaySeat} needs of its client. */
export interface RelaySeatOptions {
  /** Told what happens, in order. */
  readonly emit: (event: ChatEvent) => void;
  /** Keeps a line and sends it: the client's own way to say something, with `where` empty. */
  readonly say: (where: string, text: string) => void;
  /** Lines that the server has not acknowledged yet. */
  readonly waiting: () => number;
}

type RelayHandlers = Pick<
  Handlers<ChatKinds>,
  "number" | "role" | "message" | "peerLeft" | "peer" | "exit" | "verdict" | "state"
>;

/**
 * A client's side of a relay, over all its connections. A typed `fin` becomes the frame FIN when all
 * lines before it are acknowledged and there is a seat; what others say never does.
 */
export class RelaySeat {
  /** Resolves when the client shall say goodbye (`quit`) and end with 0. */
  readonly done: Promise<RelayEnd>;
  readonly #options: RelaySeatOptions;
  readonly #end: (end: RelayEnd) => void;
  /** The connection on which there is a seat. */
  #connection: Connection<ChatKinds> | undefined;
  #wantsFin = false;
  #number = 0;

  /** A client without a seat. */
  constructor(options: RelaySeatOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<RelayEnd>();
    this.done = promise;
    this.#end = resolve;
  }

  /** Number of the seat; 0 before there is one. */
  get number(): number {
    return this.#number;
  }

  /** Handlers for a new connection. */
  handlersFor(connection: Connection<ChatKinds>): RelayHandlers {
    const { emit } = this.#options;
    this.#connection = undefined;
    return {
      number: (number) => {
        this.#connection = connection;
        this.#number = number.number;
        emit({ type: "number", ...number });
        this.acknowledged();
      },
      role: (role) => emit({ type: "role", ...role }),
      message: (message) => emit({ type: "message", ...message }),
      peerLeft: (left) => emit({ type: "peer-left", ...left }),
      peer: (peer) => emit({ type: "peer", ...peer }),
      verdict: (verdict) => emit({ type: "verdict", ...verdict }),
      state: (state) => emit({ type: "state", ...state }),
      exit: (exit) => {
        emit({ type: "exit", ...exit });
        this.#end({ why: "exit", reason: exit.reason });
      },
    };
  }

  /** Takes a typed line: `fin` alone gives the seat up. */
  type(text: string): void {
    if (this.#wantsFin) return;
    if (text.trim().toLowerCase() !== "fin") return this.#options.say("", text);
    this.#wantsFin = true;
    this.acknowledged();
  }

  /** To be called when lines were acknowledged: FIN may go now. */
  acknowledged(): void {
    const connection = this.#connection;
    if (!this.#wantsFin || connection === undefined || this.#options.waiting() > 0) return;
    if (!connection.send(chatService.kinds.fin, {})) return;
    this.#connection = undefined;
    this.#end({ why: "fin", reason: "the seat was given up" });
  }
}
