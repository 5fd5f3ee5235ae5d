/**
 * Many clients of `chat` in this process, over real sockets. Simpler than the client of `tram chat join`,
 * and stricter: whatever the server sends is noted as it comes, and a line that comes twice, or too
 * early, is a fault.
 */
import { systemClock } from "../../lib/clock/system_clock.ts";
import { MAX_IN_FLIGHT } from "../../lib/chat/limits.ts";
import { encodeSay, type Line, LineFlag, readAck, readLine } from "../../lib/chat/line_codec.ts";
import type { Notice, Refused } from "../../lib/chat/messages.ts";
import { type ChatKinds, chatService } from "../../lib/chat/protocol.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import type { Handlers } from "../../lib/transport/routes.ts";
import { keepSession, type SendResult } from "../../lib/transport/session/keep_session.ts";
import type { Outbox } from "../../lib/transport/session/outbox.ts";
import { MemoryState } from "../../lib/transport/session/session_state.ts";
import { tcpNetwork } from "../../lib/transport/tcp_network.ts";
import type { Token } from "../../lib/transport/token.ts";

const { kinds } = chatService;

/** Place of private lines among rooms. */
const INBOX = "@";

/** A typed line. */
interface Typed {
  readonly where: string;
  readonly text: string;
}

/** What a {@linkcode CrowdMember} is. */
export interface CrowdOptions {
  readonly port: number;
  readonly nick: string;
  readonly rooms: readonly string[];
  /** What opens the door. @default {nothing: it stands open} */
  readonly token?: Token | undefined;
  /** Lines that it sends before the first of them is acknowledged. @default {MAX_IN_FLIGHT} */
  readonly inFlight?: number;
  /** Told of each line, also of those that come again. */
  readonly onLine?: (line: Line) => void;
  /** Told of each acknowledgement. */
  readonly onAck?: () => void;
}

/** One client over all its connections. */
export class CrowdMember {
  readonly nick: string;
  /** What it has typed, in order; the number of a line in its session is its place, from 1. */
  readonly typed: Typed[] = [];
  /** What came, by room and in order; private lines under `@`. */
  readonly shown = new Map<string, Line[]>();
  /** What must not happen. */
  readonly faults: string[] = [];
  readonly refused: Refused[] = [];
  readonly notices: Notice[] = [];
  /** Codes with which connections ended. */
  readonly ends: string[] = [];
  /** Connections on which it was greeted. */
  arrivals = 0;
  author = 0;
  readonly done: Promise<void>;
  readonly #options: CrowdOptions;
  readonly #state = new MemoryState<Typed>();
  readonly #stop = new AbortController();
  readonly #wake: () => void;
  #connection: Connection<ChatKinds> | undefined;
  #toEnter = 0;
  #storeId: string | undefined;

  constructor(options: CrowdOptions) {
    this.#options = options;
    this.nick = options.nick;
    const { signal } = this.#stop;
    const kept = keepSession({
      service: chatService,
      dial: {
        host: "127.0.0.1",
        port: options.port,
        clientId: options.nick,
        token: options.token,
        timeoutMs: 20_000,
        network: tcpNetwork,
      },
      clock: systemClock,
      signal,
      // The server comes back within a moment.
      backoff: { firstMs: 50, mostMs: 200 },
      state: this.#state,
      handlersFor: (connection) => this.#handlersFor(connection),
      send: (connection, outbox) => this.#send(connection, outbox),
      onWait: (_delayMs, { code }) => {
        this.#connection = undefined;
        this.ends.push(code);
      },
      onLoss: (why) => {
        this.faults.push(`the session was lost: ${why}`);
        return "renumber";
      },
    });
    this.#wake = () => kept.wake();
    this.done = kept.done.then(({ code, message }) => {
      this.faults.push(`it was sent away: ${code}: ${message}`);
    }, (error) => {
      if (error !== signal.reason) this.faults.push(`it failed: ${error}`);
    });
  }

  /** Whether it is in all its rooms and has got what was said there. */
  get isReady(): boolean {
    return this.#connection?.isOpen === true && this.#toEnter === 0;
  }

  /** How many of its lines are with the server, for good. */
  get acknowledged(): number {
    return this.#state.outbox.acknowledgedSequence;
  }

  /** Last id that came of a room. */
  last(room: string): number {
    return this.shown.get(room)?.at(-1)?.id ?? 0;
  }

  /** Types a line. */
  say(where: string, text: string): void {
    this.typed.push({ where, text });
    this.#state.add({ where, text });
  }

  /** Leaves. */
  async leave(): Promise<void> {
    this.#stop.abort();
    await this.done;
  }

  #handlersFor(connection: Connection<ChatKinds>): Handlers<ChatKinds> {
    return {
      you: ({ author, nick, storeId }) => {
        if (this.#connection === connection) return;
        this.arrivals++;
        if (nick !== this.nick) this.faults.push(`its name is ${nick}`);
        if (author !== (this.author || author)) this.faults.push(`it is author ${author} now`);
        if (storeId !== (this.#storeId ?? storeId)) this.faults.push("it is another store");
        this.author = author;
        this.#storeId = storeId;
        const rooms = [INBOX, ...this.#options.rooms];
        this.#toEnter = rooms.length;
        for (const room of rooms) connection.send(kinds.join, { room, after: this.last(room) });
        this.#connection = connection;
        this.#wake();
      },
      room: () => {},
      presence: () => {},
      offered: () => {}, // it wants no files
      fileStop: () => {},
      page: () => void this.#toEnter--,
      line: (view) => this.#onLine(readLine(view)),
      ack: (view) => {
        this.#state.acknowledged(readAck(view));
        this.#wake();
        this.#options.onAck?.();
      },
      refused: (refused) => void this.refused.push(refused),
      notice: (notice) => void this.notices.push(notice),
    };
  }

  #onLine(line: Line): void {
    const room = (line.flags & LineFlag.Private) === 0 ? line.where : INBOX;
    const { id } = line;
    const before = this.last(room);
    if (id !== before + 1) this.faults.push(`line ${id} of ${room} came after ${before}`);
    const lines = this.shown.get(room);
    if (lines === undefined) this.shown.set(room, [line]);
    else lines.push(line);
    this.#options.onLine?.(line);
  }

  #send(connection: Connection<ChatKinds>, outbox: Outbox<Typed>): SendResult {
    const [sequence, typed] = [outbox.peekSequence(), outbox.peek()];
    if (connection !== this.#connection || sequence === undefined || typed === undefined) {
      return "pause";
    }
    const { inFlight = MAX_IN_FLIGHT } = this.#options;
    if (sequence > outbox.acknowledgedSequence + inFlight) return "pause";
    if (!connection.send(kinds.say, encodeSay({ sequence, ...typed }))) return "full";
    outbox.advance();
    return "sent";
  }
}
