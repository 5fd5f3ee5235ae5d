/**
 * A member of rooms in this process: lean, so that many are cheap, and strict: a line that comes twice,
 * too early or not at all is a fault.
 */
import { MAX_IN_FLIGHT } from "../../lib/chat/limits.ts";
import { encodeSay, type Line, readAck, readLine } from "../../lib/chat/line_codec.ts";
import { type ChatKinds, chatService } from "../../lib/chat/protocol.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import type { Handlers } from "../../lib/transport/routes.ts";
import { keepSession, type KeptSession } from "../../lib/transport/session/keep_session.ts";
import { MemoryState } from "../../lib/transport/session/session_state.ts";
import type { Token } from "../../lib/transport/token.ts";
import { CutNetwork } from "./cut_network.ts";

const { kinds } = chatService;

interface Typed {
  readonly where: string;
  readonly text: string;
}

/** What a {@linkcode ChatMember} is. */
interface ChatMemberOptions {
  readonly port: number;
  readonly token: Token;
  readonly nick: string;
  readonly rooms: readonly string[];
  /** Told each line that comes. */
  readonly onLine: (line: Line) => void;
}

/** One member, who may leave and come back with the same session. */
export class ChatMember {
  readonly nick: string;
  readonly rooms: readonly string[];
  readonly network = new CutNetwork();
  readonly faults: string[] = [];
  readonly #options: ChatMemberOptions;
  readonly #state = new MemoryState<Typed>();
  readonly #last = new Map<string, number>();
  #stop = new AbortController();
  #kept: KeptSession | undefined;
  #done: Promise<unknown> = Promise.resolve();
  #connection: Connection<ChatKinds> | undefined;
  #toEnter = 0;

  /** Somebody who is not there yet. */
  constructor(options: ChatMemberOptions) {
    this.#options = options;
    [this.nick, this.rooms] = [options.nick, options.rooms];
  }

  /** Whether it is in its rooms, and has got what was said there. */
  get isReady(): boolean {
    return this.#connection?.isOpen === true && this.#toEnter === 0;
  }

  /** Whether the server has all its lines. */
  get isSettled(): boolean {
    return this.#state.outbox.size === 0;
  }

  /** Last id that came of a room; 0 for none. */
  last(room: string): number {
    return this.#last.get(room) ?? 0;
  }

  /** Says a line; it is kept while there is no connection. */
  say(where: string, text: string): void {
    this.#state.add({ where, text });
  }

  /** Connects, and stays until it leaves. */
  come(): void {
    const { port, token } = this.#options;
    const stop = this.#stop = new AbortController();
    const { nick: clientId, network } = this;
    const kept = this.#kept = keepSession({
      service: chatService,
      dial: { host: "127.0.0.1", port, clientId, token, network, timeoutMs: 20_000 },
      signal: stop.signal,
      state: this.#state,
      backoff: { firstMs: 50, mostMs: 500 },
      handlersFor: (connection) => this.#handlersFor(connection),
      send: (connection, outbox) => {
        const [sequence, typed] = [outbox.peekSequence(), outbox.peek()];
        if (connection !== this.#connection || sequence === undefined || typed === undefined) {
          return "pause";
        }
        if (sequence > outbox.acknowledgedSequence + MAX_IN_FLIGHT) return "pause";
        if (!connection.send(kinds.say, encodeSay({ sequence, ...typed }))) return "full";
        outbox.advance();
        return "sent";
      },
      onLoss: (why) => {
        this.faults.push(`the session of ${clientId} was lost: ${why}`);
        return "renumber";
      },
    });
    this.#done = kept.done.then(
      ({ code, message }) => this.faults.push(`${clientId} was sent away: ${code}: ${message}`),
      (error) => {
        if (error !== stop.signal.reason) this.faults.push(`${clientId} failed: ${error}`);
      },
    );
  }

  /** Leaves with a goodbye. */
  async leave(): Promise<void> {
    this.#stop.abort();
    await this.#done;
    this.#connection = undefined;
  }

  #handlersFor(connection: Connection<ChatKinds>): Handlers<ChatKinds> {
    return {
      you: ({ nick }) => {
        if (this.#connection === connection) return;
        if (nick !== this.nick) this.faults.push(`${this.nick} is called ${nick}`);
        this.#toEnter = this.rooms.length;
        for (const room of this.rooms) {
          const last = this.#last.get(room);
          connection.send(
            kinds.join,
            last === undefined ? { room, last: 0 } : { room, after: last },
          );
        }
        this.#connection = connection;
        this.#kept?.wake();
      },
      room: ({ room, last }) => {
        if (!this.#last.has(room)) this.#last.set(room, last);
      },
      page: () => void this.#toEnter--,
      presence: () => {},
      offered: () => {}, // it wants no files
      fileStop: () => {},
      line: (view) => this.#onLine(readLine(view)),
      ack: (view) => {
        this.#state.acknowledged(readAck(view));
        this.#kept?.wake();
      },
      refused: ({ code, message }) => {
        this.faults.push(`a line of ${this.nick} was refused: ${code}: ${message}`);
      },
      notice: ({ code, message }) => {
        this.faults.push(`${this.nick} was told ${code}: ${message}`);
      },
    };
  }

  #onLine(line: Line): void {
    const { id, where } = line;
    const before = this.#last.get(where);
    if (before === undefined || id !== before + 1) {
      this.faults.push(`${this.nick} got line ${id} of ${where} after ${before}`);
    }
    this.#last.set(where, id);
    this.#options.onLine(line);
  }
}
