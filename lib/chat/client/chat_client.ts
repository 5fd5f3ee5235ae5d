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
 * Longer than 300 lines: it is where the parts are put together, and each of them needs the others.
 */
import type { CloseReport } from "../../transport/close_report.ts";
import type { Connection } from "../../transport/connection.ts";
import type { LineError } from "../../transport/line_error.ts";
import { formatAddress } from "../../transport/network.ts";
import type { Handlers } from "../../transport/routes.ts";
import type { Kind } from "../../transport/service.ts";
import type { StoredSession } from "../../transport/session/session_state.ts";
import type { Join, You } from "../messages.ts";
import { type ChatKinds, chatService } from "../protocol.ts";
import { Answers } from "./answers.ts";
import type { ChatClientOptions, Trouble } from "./chat_client_options.ts";
import type { ChatEvent } from "../chat_event.ts";
import type { ClientPart } from "../client_part.ts";
import { EventQueue } from "./event_queue.ts";
import { IgnoreList } from "./ignore_list.ts";
import { JoinedRooms } from "./joined_rooms.ts";
import { LineSender } from "./line_sender.ts";
import { LineTaker } from "./line_taker.ts";
import { RoomBook } from "./room_book.ts";
import { type RoomHandlerParts, roomHandlers } from "./room_handlers.ts";
import { INBOX, SeenIds } from "./seen_ids.ts";
import { notAdoptedLine, notTakenBackLine, sessionLostLines } from "./session_texts.ts";
import { type ClientEnd, SessionRunner } from "./session_runner.ts";
import { WantedName } from "./wanted_name.ts";

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
  readonly #name: WantedName;
  readonly #sender: LineSender;
  readonly #runner: SessionRunner;
  readonly #answers = new Answers();
  readonly #roomParts: RoomHandlerParts;
  #you: You | undefined;
  #trouble: Trouble | undefined;
  /** The connection whose rooms are asked for; lines may be sent on it. */
  #connection: Connection<ChatKinds> | undefined;

  constructor(options: ChatClientOptions) {
    const { clock, memory, memory: { notes, sync }, emit, last } = this.#options = options;
    this.#name = new WantedName(notes, options.nick, options.defaultNick);
    this.ignored = new IgnoreList(notes);
    this.joined = new JoinedRooms(notes, options.rooms);
    const seen = this.#seen = new SeenIds(notes);
    this.#sender = new LineSender({
      clock,
      memory,
      emit: (event) => this.emit(event),
      mayGo: (where) => !this.#isAnswered(where) || this.#taker.isKnown(where),
    });
    const { drained } = options;
    const show = (event: ChatEvent) => {
      emit(event);
      if (event.type === "refused") this.#sender.refusalShown(event.sequence);
    };
    this.#queue = new EventQueue({ seen, sync, emit: show, drained, onTrouble: this.keepLater });
    this.#taker = new LineTaker({
      seen,
      book: this.book,
      last,
      emit: (event, mark) => this.#queue.push(event, mark),
      sendJoin: (join) => this.#sendJoin(join),
      isIgnored: (author) => this.ignored.has(author),
    });
    this.#roomParts = {
      sender: this.#sender,
      taker: this.#taker,
      book: this.book,
      joined: this.joined,
      answers: this.#answers,
      emit: (event) => this.emit(event),
      me: () => this.#you?.author ?? 0,
      onMayGo: () => this.#runner.wake(),
      onNickRefused: () => this.#you && this.#name.is(this.#you.nick),
    };
    this.#runner = new SessionRunner(options, {
      clientId: () => this.#name.clientId,
      handlersFor: (connection) => this.#handlersFor(connection),
      send: (connection, outbox) => this.#sender.send(connection, outbox),
      onLost: (because, retryMs) => this.#onLost(because, retryMs),
      onSessionLost: () => {
        this.#sender.renumbered(0);
        this.tell(sessionLostLines(this.waiting), true);
      },
      onNotTakenBack: (error) => this.tell([notTakenBackLine(error)], true),
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

  /** Has the round trip measured anew. */
  measure(): void {
    void this.#connection?.ping();
  }

  /** Lines that the server does not have yet. */
  get waiting(): number {
    return this.#sender.waiting;
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
  say(where: string, text: string): Promise<boolean> {
    return this.#sender.add({ where, text });
  }

  /** Enters a room, now or as soon as there is a line. @returns false when one is in it already */
  join(room: string): boolean {
    if (!this.joined.add(room)) return false;
    this.#sendJoin(this.#taker.joinFor(room));
    return true;
  }

  /** Leaves a room. @returns false when one is not in it */
  leave(room: string, reason?: string): boolean {
    if (!this.joined.remove(room)) return false;
    this.book.remove(room);
    this.#runner.wake();
    this.#send(chatService.kinds.leave, { room, reason });
    return true;
  }

  /** Asks for another name. */
  nick(nick: string): void {
    this.#name.want(nick, () => this.#send(chatService.kinds.nick, { nick }));
  }

  /** Has the server do something. @returns false when there is no line */
  command(text: string): boolean {
    return this.#ask(() => this.#send(chatService.kinds.command, text));
  }

  /** Asks for older lines, of `@` for private ones. @returns false when there is no line */
  history(room: string, limit: number): boolean {
    return this.#ask(() =>
      this.#send(chatService.kinds.history, this.#taker.historyFor(room, limit))
    );
  }

  /** Resolves when all lines so far are sent, so that what is asked now comes after them. */
  sent(): Promise<void> {
    return this.#sender.sent();
  }

  /** Connects anew, now. @param session goes on with this one instead */
  reconnect(session?: StoredSession): void {
    this.#sender.lost();
    this.#runner.reconnect(session);
  }

  /** Resolves when fewer lines than `count` wait: for who has many. */
  async hasRoom(count: number): Promise<void> {
    await this.#answers.until(() => this.waiting < count);
  }

  /** Resolves when nothing is under way: all lines are with the server, all answers are there. */
  async settled(): Promise<void> {
    const isIdle = () => this.isConnected && this.waiting === 0 && this.#answers.areAllThere;
    await this.#answers.until(isIdle);
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
      this.#connection = undefined;
      this.#sender[Symbol.dispose]();
      await this.#queue.settled();
      this.#seen.cover();
    }
  }

  /** Something could not be kept: says so, and tries again soon. */
  readonly keepLater = (error: unknown): void => this.#sender.keepLater(error);

  #handlersFor(connection: Connection<ChatKinds>): Handlers<ChatKinds> {
    this.#connection = undefined;
    return {
      ...Object.assign({}, ...this.#parts.map((part) => part.handlersFor(connection))),
      ...roomHandlers(this.#roomParts),
      you: (you) => {
        this.#you = you;
        if (this.#connection !== connection) return this.#onFirstYou(connection, you);
        this.#name.is(you.nick);
        this.emit({ type: "you", ...you });
      },
    };
  }

  /** The first frame of a connection. */
  #onFirstYou(connection: Connection<ChatKinds>, you: You): void {
    const { dial } = this.#options;
    const { resumed } = connection.terms;
    this.#runner.ready();
    this.#connection = connection;
    this.#answers.reset();
    this.#taker.reset();
    this.emit({ type: "connected", server: formatAddress(dial), resumed });
    this.emit({ type: "you", ...you });
    this.#sender.begin(connection);
    if (this.#seen.useStore(you.storeId)) {
      this.tell(["The server has a new store: what was said before is not in it"], true);
    }
    if (!resumed) this.#seen.forget(INBOX); // a new session has a new one
    this.ignored.useStore(you.storeId);
    const wish = this.#name.open(you.nick, resumed);
    if (wish !== undefined) this.nick(wish);
    if (you.mode === "rooms") {
      for (const room of [INBOX, ...this.joined.all]) this.#sendJoin(this.#taker.joinFor(room));
    }
    for (const part of this.#parts) part.ready?.(connection);
    this.measure();
    this.#runner.wake();
    this.#answers.look();
  }

  /** Whether the server says how far the lines of a place are, because they were asked for. */
  #isAnswered(where: string): boolean {
    return this.#you?.mode === "rooms" && (where.startsWith("@") || this.joined.has(where));
  }

  #sendJoin(join: Join): void {
    if (this.#send(chatService.kinds.join, join)) this.#answers.page(1);
  }

  #onLost({ code, message }: LineError | CloseReport, retryMs: number | undefined): void {
    const retryAtNs = retryMs && this.#options.clock.monotonicNs() + retryMs * 1e6;
    this.#trouble = { code, message, retryAtNs };
    this.#connection = undefined;
    this.#sender.lost();
    this.emit({ type: "disconnected", code, message, retryMs: retryMs && Math.round(retryMs) });
  }

  #onAdopted(error: unknown): void {
    if (error !== undefined) return this.tell([notAdoptedLine(error)], true);
    this.#sender.renumbered(this.#options.memory.state.outbox.acknowledgedSequence);
    this.#seen.forget(INBOX);
    this.tell(["This is that session now"]);
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
