/**
 * A client of `chat` without output and terminal: what is typed goes in by methods, what happens comes
 * out as {@linkcode ChatEvent}s.
 *
 * 1. A typed line is `queued` once it would outlive a kill, and is sent after that; at most
 *    `MAX_IN_FLIGHT` are sent before they are acknowledged. Lines go out once, in order, over lost
 *    lines and deaths of this process and of the server.
 * 2. Events come in order. Each line of a room comes once; `SeenIds` says what that means after a kill.
 * 3. Rooms are entered again on each connection, before any line is sent on it.
 * 4. `run` goes on until `quit`, or until trying again cannot help.
 *
 * Longer than most because it is where the parts meet; what they decide is in files of their own.
 */
import type { Timer } from "../../clock/clock.ts";
import type { CloseReport } from "../../transport/close_report.ts";
import type { Connection } from "../../transport/connection.ts";
import { clientIdFrom } from "../../transport/handshake_messages.ts";
import type { LineError } from "../../transport/line_error.ts";
import { formatAddress } from "../../transport/network.ts";
import type { Handlers } from "../../transport/routes.ts";
import type { Kind } from "../../transport/service.ts";
import type { SendResult } from "../../transport/session/keep_session.ts";
import type { Outbox } from "../../transport/session/outbox.ts";
import type { StoredSession } from "../../transport/session/session_state.ts";
import { MAX_IN_FLIGHT } from "../limits.ts";
import { encodeSay, readAck, readLine } from "../line_codec.ts";
import type { Notice, Page, RoomState, You } from "../messages.ts";
import { type ChatKinds, chatService } from "../protocol.ts";
import { Answers } from "./answers.ts";
import type { ChatEvent } from "./chat_event.ts";
import type { ClientPart } from "./client_part.ts";
import { EventQueue } from "./event_queue.ts";
import { IgnoreList } from "./ignore_list.ts";
import { JoinedRooms } from "./joined_rooms.ts";
import { LineTaker } from "./line_taker.ts";
import { RoomBook } from "./room_book.ts";
import { INBOX, SeenIds } from "./seen_ids.ts";
import { type ClientEnd, SessionRunner, type SessionRunnerOptions } from "./session_runner.ts";
import type { TypedLine } from "./typed_line.ts";

/** How soon is tried again to keep what could not be kept, in milliseconds. */
const KEEP_AGAIN_MS = 1000;
/** Name of the note that holds the nickname. */
const NICK_NOTE = "nick";

const { kinds } = chatService;

/** What a {@linkcode ChatClient} works with. */
export interface ChatClientOptions extends SessionRunnerOptions {
  /** Name to ask for, where somebody said so. */
  readonly nick?: string | undefined;
  /** Name to ask for where nothing is remembered. */
  readonly defaultNick: string;
  /** Rooms to be in. @default {those of last time, else none} */
  readonly rooms?: readonly string[] | undefined;
  /** How many of the last lines to ask for of a room that was never seen. */
  readonly last: number;
  readonly emit: (event: ChatEvent) => void;
}

/** Why there is no line now. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
  /** When it is tried again, in nanoseconds of the clock; `undefined`: not by itself. */
  readonly retryAtNs: number | undefined;
}

/** One client over all its connections. */
export class ChatClient {
  readonly book: RoomBook = new RoomBook();
  readonly ignored: IgnoreList;
  readonly joined: JoinedRooms;
  readonly #options: ChatClientOptions;
  readonly #seen: SeenIds;
  readonly #queue: EventQueue;
  readonly #taker: LineTaker;
  readonly #parts: ClientPart[] = [];
  readonly #runner: SessionRunner;
  readonly #answers = new Answers();
  /** Last ids of rooms, as ROOM said. */
  readonly #lastOfRooms = new Map<string, number>();
  #nick: string;
  #you: You | undefined;
  #trouble: Trouble | undefined;
  /** The connection whose rooms are asked for; lines may be sent on it. */
  #connection: Connection<ChatKinds> | undefined;
  #isFirstConnection = true;
  /** Sequences of lines that are on their way. */
  #inFlight: number[] = [];
  /** Acknowledged as far as was told. */
  #toldSequence: number;
  #keepAgain: Timer | undefined;
  #isOver = false;

  constructor(options: ChatClientOptions) {
    const { memory: { notes, sync }, emit, last } = this.#options = options;
    this.#nick = options.nick ?? notes.get(NICK_NOTE) ?? options.defaultNick;
    this.ignored = new IgnoreList(notes);
    this.joined = new JoinedRooms(notes, options.rooms);
    const seen = this.#seen = new SeenIds(notes);
    this.#queue = new EventQueue({ seen, sync, emit, onTrouble: (error) => this.keepLater(error) });
    this.#taker = new LineTaker({
      seen,
      book: this.book,
      last,
      emit: (event, mark) => this.#queue.push(event, mark),
      sendJoin: (join) => {
        if (this.#send(kinds.join, join)) this.#answers.page(1);
      },
      isIgnored: (author) => this.ignored.has(author),
    });
    this.#toldSequence = options.memory.state.outbox.acknowledgedSequence;
    this.#runner = new SessionRunner(options, {
      clientId: () => clientIdFrom(this.#nick),
      handlersFor: (connection) => this.#handlersFor(connection),
      send: (connection, outbox) => this.#sendLine(connection, outbox),
      onLost: (because, retryMs) => this.#onLost(because, retryMs),
      onSessionLost: () => this.#onSessionLost(),
      onAdopted: (error) => this.#onAdopted(error),
    });
  }

  /** Adds a part that has frames of its own. Before `run`. */
  addPart(part: ClientPart): void {
    this.#parts.push(part);
  }

  /** Who the server says this is; `undefined` before the first connection. */
  get you(): You | undefined {
    return this.#you;
  }

  /** Whether there is a line now, and rooms are asked for. */
  get isConnected(): boolean {
    return this.#connection?.isOpen ?? false;
  }

  /** Why there is none. */
  get trouble(): Trouble | undefined {
    return this.isConnected ? undefined : this.#trouble;
  }

  /** Newest round trip, in nanoseconds. */
  get roundTripNs(): number | undefined {
    return this.#connection?.roundTripNs;
  }

  /** Lines that the server does not have yet. */
  get waiting(): number {
    return this.#options.memory.state.outbox.size;
  }

  /** Session and cookie; whoever has them is this client. */
  get session(): StoredSession | undefined {
    return this.#options.memory.state.session;
  }

  /** For parts of the client: an event, in its order. */
  emit(event: ChatEvent): void {
    this.#queue.push(event);
  }

  /** Says something to people. */
  tell(lines: readonly string[], isError = false): void {
    this.emit({ type: "local", lines, isError });
  }

  /**
   * Says a line; it is safe when this resolves.
   *
   * @param where `#room`, `@nick`; empty in a relay
   * @returns false when there is no room for it: it was not taken
   */
  async say(where: string, text: string): Promise<boolean> {
    const { state, sync } = this.#options.memory;
    const sequence = state.add({ where, text });
    if (sequence === undefined) {
      this.tell([`Cannot keep the line: ${state.outbox.size} wait to be sent already`], true);
      return false;
    }
    await sync?.().catch((error) => this.keepLater(error));
    this.emit({ type: "queued", sequence, where, text });
    return true;
  }

  /** Enters a room, now or as soon as there is a line. @returns false when one is in it already */
  join(room: string): boolean {
    if (!this.joined.add(room)) return false;
    if (this.isConnected) this.#join(room);
    return true;
  }

  /** Leaves a room. @returns false when one is not in it */
  leave(room: string, reason?: string): boolean {
    if (!this.joined.remove(room)) return false;
    this.book.remove(room);
    if (this.isConnected) this.#send(kinds.leave, { room, reason });
    return true;
  }

  /** Asks for another name. */
  nick(nick: string): void {
    this.#nick = nick;
    if (this.isConnected) this.#send(kinds.nick, { nick });
  }

  /** Has the server do something. @returns false when there is no line */
  command(text: string): boolean {
    return this.#ask(() => this.#send(kinds.command, text));
  }

  /** Asks for older lines, of `@` for private ones. @returns false when there is no line */
  history(room: string, limit: number): boolean {
    return this.#ask(() => this.#send(kinds.history, this.#taker.historyFor(room, limit)));
  }

  /** Connects anew, now. @param session goes on with this one instead */
  reconnect(session?: StoredSession): void {
    this.#runner.reconnect(session);
  }

  /** Resolves when fewer lines than `count` wait: for who has many. */
  async room(count: number): Promise<void> {
    await this.#answers.until(() => this.waiting < count);
  }

  /** Resolves when nothing is under way: all lines are with the server, all answers are there. */
  async settled(): Promise<void> {
    await this.#answers.until(() =>
      this.waiting === 0 && this.isConnected && this.#answers.areAllThere
    );
    await this.#queue.settled();
  }

  /** Leaves with a goodbye, which does not take long, and ends. @param message others read it */
  quit(message = ""): Promise<void> {
    return this.#runner.quit(message);
  }

  /**
   * Keeps the session until the end.
   *
   * @throws {LineError} why the server cannot be reached, or refuses this client
   */
  async run(): Promise<ClientEnd> {
    try {
      return await this.#runner.run();
    } finally {
      this.#isOver = true;
      this.#connection = undefined;
      this.#keepAgain?.cancel();
      await this.#queue.settled();
      this.#seen.cover();
    }
  }

  /** Something could not be kept: says so, and tries again soon. */
  keepLater(error: unknown): void {
    const { clock, memory: { sync } } = this.#options;
    if (this.#keepAgain !== undefined || this.#isOver) return;
    const why = error instanceof Error ? error.message : String(error);
    this.tell([`Cannot keep what is typed and seen: ${why}; trying again`], true);
    this.#keepAgain = clock.after(KEEP_AGAIN_MS, () => {
      this.#keepAgain = undefined;
      sync?.().catch((again) => this.keepLater(again));
    });
  }

  #handlersFor(connection: Connection<ChatKinds>): Handlers<ChatKinds> {
    const emit = (event: ChatEvent) => this.emit(event);
    let isFirst = true;
    this.#connection = undefined;
    return {
      ...Object.assign({}, ...this.#parts.map((part) => part.handlersFor(connection))),
      you: (you) => {
        this.#you = you;
        this.#options.memory.notes.set(NICK_NOTE, you.nick);
        if (isFirst) this.#onFirstYou(connection, you);
        else {
          this.#nick = you.nick;
          emit({ type: "you", ...you });
        }
        isFirst = false;
      },
      ack: (view) => this.#onAck(readAck(view)),
      refused: (refused) => {
        const { value } = this.#entry(refused.sequence) ?? {};
        emit({ type: "refused", ...refused, ...value });
      },
      line: (view) => this.#taker.line(readLine(view), this.#you?.author ?? 0),
      presence: ({ events }) => {
        for (const event of events) {
          this.book.changed(event);
          emit({ type: "presence", ...event });
        }
      },
      room: (room) => this.#onRoom(room),
      page: (page) => this.#onPage(page),
      reply: (reply) => {
        emit({ type: "reply", ...reply });
        this.#answers.reply(-1);
      },
      notice: (notice) => this.#onNotice(notice),
    };
  }

  /** The first frame of a connection. */
  #onFirstYou(connection: Connection<ChatKinds>, you: You): void {
    const { dial, nick } = this.#options;
    const { resumed } = connection.terms;
    this.#runner.ready();
    this.#connection = connection;
    this.#inFlight = [];
    this.#answers.reset();
    this.#taker.reset();
    this.emit({ type: "connected", server: formatAddress(dial), resumed });
    this.emit({ type: "you", ...you });
    this.#tellSent(this.#options.memory.state.outbox.acknowledgedSequence);
    if (this.#seen.useStore(you.storeId)) {
      this.tell(["The server has a new store: what was said before is not in it"], true);
    }
    this.ignored.useStore(you.storeId);
    const isOther = this.#isFirstConnection && nick !== undefined && nick !== you.nick;
    if (isOther && resumed) this.#send(kinds.nick, { nick });
    else this.#nick = you.nick;
    this.#isFirstConnection = false;
    if (you.mode === "rooms") {
      for (const room of [INBOX, ...this.joined.all]) this.#join(room);
    }
    for (const part of this.#parts) part.ready?.(connection);
    this.#runner.wake();
    this.#answers.look();
  }

  #join(room: string): void {
    if (this.#send(kinds.join, this.#taker.joinFor(room))) this.#answers.page(1);
  }

  #onRoom(room: RoomState): void {
    this.#taker.room(room);
    this.#lastOfRooms.set(room.room, room.last);
    if (room.room === INBOX) return;
    this.book.entered(room);
    this.emit({ type: "room", ...room });
  }

  #onPage(page: Page): void {
    this.#taker.page(page, this.#lastOfRooms.get(page.room));
    this.emit({ type: "page", ...page });
    if (page.to === "join") this.#answers.page(-1);
    else this.#answers.reply(-1);
  }

  #onNotice(notice: Notice): void {
    const { code, room } = notice;
    this.emit({ type: "notice", ...notice });
    if (code === "nick-refused") this.#nick = this.#you?.nick ?? this.#nick;
    if (code !== "room-refused" || room === undefined) return;
    this.book.remove(room);
    if (this.joined.remove(room)) this.#answers.page(-1);
  }

  #onAck(upTo: number): void {
    this.#options.memory.state.acknowledged(upTo);
    while ((this.#inFlight[0] ?? Infinity) <= upTo) this.#inFlight.shift();
    this.#tellSent(upTo);
    this.#runner.wake();
    this.#answers.look();
  }

  #tellSent(upTo: number): void {
    if (upTo <= this.#toldSequence) return;
    this.#toldSequence = upTo;
    this.emit({ type: "sent", upTo, waiting: this.waiting });
  }

  #onLost({ code, message }: LineError | CloseReport, retryMs: number | undefined): void {
    const nowNs = this.#options.clock.monotonicNs();
    const retryAtNs = retryMs === undefined ? undefined : nowNs + retryMs * 1e6;
    this.#trouble = { code, message, retryAtNs };
    this.#connection = undefined;
    this.emit({
      type: "disconnected",
      code,
      message,
      ...(retryMs !== undefined && { retryMs: Math.round(retryMs) }),
    });
  }

  #onSessionLost(): void {
    this.#toldSequence = 0;
    const lines = ["The server does not know this session any more: a new one begins"];
    const { waiting } = this;
    if (waiting > 0) {
      lines.push(`What it has not confirmed goes out in the new one: ${waiting} lines`);
    }
    this.tell(lines, true);
  }

  #onAdopted(error: unknown): void {
    if (error === undefined) {
      this.#toldSequence = this.#options.memory.state.outbox.acknowledgedSequence;
      this.#seen.forget(INBOX);
      return this.tell(["This is that session now"]);
    }
    const why = error instanceof Error ? error.message : String(error);
    this.tell([`Cannot take that session over: ${why}`], true);
  }

  /** Sends one line. For `keepSession`. */
  #sendLine(connection: Connection<ChatKinds>, outbox: Outbox<TypedLine>): SendResult {
    // Lines for rooms that were not asked for would be refused.
    if (connection !== this.#connection || this.#inFlight.length >= MAX_IN_FLIGHT) return "pause";
    const [sequence, line] = [outbox.peekSequence(), outbox.peek()];
    if (sequence === undefined || line === undefined) return "pause";
    if (!connection.send(kinds.say, encodeSay({ sequence, ...line }))) return "full";
    outbox.advance();
    this.#inFlight.push(sequence);
    return "sent";
  }

  #entry(sequence: number) {
    for (const entry of this.#options.memory.state.outbox.entries()) {
      if (entry.sequence >= sequence) return entry.sequence === sequence ? entry : undefined;
    }
    return undefined;
  }

  #ask(send: () => boolean): boolean {
    if (!this.isConnected || !send()) return false;
    this.#answers.reply(1);
    return true;
  }

  #send<T>(kind: Kind<unknown, T>, value: T): boolean {
    return this.#connection?.send(kind, value) ?? false;
  }
}
