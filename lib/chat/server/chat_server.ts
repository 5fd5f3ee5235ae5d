/** A server of rooms as far as it has no sockets: its members, rooms, names, and what they say. */
import type { Clock } from "../../clock/clock.ts";
import type { CloseReport } from "../../transport/close_report.ts";
import type { Connection } from "../../transport/connection.ts";
import { FrameBatch } from "../../transport/frame_batch.ts";
import { LineError, LineErrorCode } from "../../transport/line_error.ts";
import type { Candidate } from "../../transport/listen.ts";
import type { Handlers } from "../../transport/routes.ts";
import { SessionDesk } from "../../transport/session/session_desk.ts";
import type { FileDesk } from "../files/file_desk.ts";
import type { Notice, Who } from "../messages.ts";
import { type ChatKinds, chatService } from "../protocol.ts";
import type { ChatSnapshot, ChatStore, Identity, SessionRow } from "../store/chat_store.ts";
import type { ChatHost, Known, Member } from "./chat_host.ts";
import { fitReply } from "./fit_reply.ts";
import { Guest } from "./guest.ts";
import { Hall } from "./hall.ts";
import { ChatMember } from "./member.ts";
import type { Moderator } from "./moderator.ts";
import { identityOf, NameBook } from "./name_book.ts";
import { NickDesk } from "./nick_desk.ts";
import { PostQueue } from "./post_queue.ts";
import { Presence } from "./presence.ts";
import { RoomDesk } from "./room_desk.ts";
import { SayDesk } from "./say_desk.ts";
import { ChatSessionGate } from "./session_gate.ts";
import { Shutdown } from "./shutdown.ts";

const { kinds } = chatService;

/** After a start all come back at once: nobody is told who does, and nobody is too fast. */
const START_MS = 60_000;

/** How members say goodbye who do not come back at once. */
const LEAVING_CODES: ReadonlySet<string> = new Set(["quit", "done"]);

/** What a server is set to. */
export interface ChatServerOptions {
  readonly motd?: string | undefined;
  /** Most bytes of a file; 0: none. */
  readonly maxFileBytes: number;
  /** Lines per second that are taken of one member; 0: no limit. */
  readonly pace: number;
}

/** What a {@linkcode ChatServer} works with. */
export interface ChatServerParts {
  readonly clock: Clock;
  readonly store: ChatStore;
  /** What `store.load()` gave. */
  readonly snapshot: ChatSnapshot;
  readonly moderation: Moderator;
  readonly options: ChatServerOptions;
  /** Told when the store does not do what it should. */
  readonly onTrouble: (error: unknown) => void;
  /** Told when the store takes lines again. */
  readonly onHealed?: (() => void) | undefined;
}

/** The members of one server. */
export class ChatServer implements ChatHost, Disposable {
  /** Where sessions are kept. */
  readonly gate: ChatSessionGate;
  /** Hands files over; none are where it is missing. */
  files: FileDesk | undefined;
  readonly #parts: ChatServerParts;
  readonly #seats = new SessionDesk<ChatKinds>();
  readonly #hall: Hall;
  readonly #names: NameBook;
  readonly #presence: Presence;
  readonly #queue: PostQueue;
  readonly #says: SayDesk;
  readonly #rooms: RoomDesk;
  readonly #nicks: NickDesk;
  readonly #shutdown: Shutdown;
  readonly #quietUntilNs: number;
  /** Nothing is taken any more. */
  #isDraining = false;

  constructor(parts: ChatServerParts) {
    const { clock, store, snapshot, moderation, onTrouble } = parts;
    this.#parts = parts;
    this.#quietUntilNs = clock.monotonicNs() + START_MS * 1e6;
    this.gate = new ChatSessionGate(store, clock);
    this.#shutdown = new Shutdown(clock);
    const hall = this.#hall = new Hall(snapshot.rooms);
    const whoOf = (guest: Guest) => this.#whoOf(guest);
    const wallUs = () => clock.wallUs();
    const presence = this.#presence = new Presence(hall, clock, whoOf);
    const names = this.#names = new NameBook(snapshot.named, {
      isConnected: (author) => hall.guests.get(author)?.member !== undefined,
      isBanned: (identity) => moderation.admit(identity) !== undefined,
    });
    const queue = this.#queue = new PostQueue({
      store,
      clock,
      onCommitted: (entries, posted) => this.#says.deliver(entries, posted),
      onFailure: (error) => this.#onFailure(error),
      onHealed: () => this.#onHealed(),
    });
    const mayNotSpeak = (identity: Identity) => moderation.mayNotSpeak(identity);
    const { gate } = this;
    this.#says = new SayDesk({ hall, names, presence, gate, queue, wallUs, mayNotSpeak });
    const isQuiet = ({ connection }: ChatMember) => connection.terms.resumed && this.#isStarting;
    this.#rooms = new RoomDesk({ clock, store, hall, presence, whoOf, isQuiet, onTrouble });
    this.#nicks = new NickDesk({ names, hall, presence, store, wallUs, onTrouble });
  }

  /** Resolves with a reason when somebody has ordered the end, and it is time. */
  get ended(): Promise<string> {
    return this.#shutdown.ended;
  }

  /** The last word on who comes in. @throws {LineError} */
  admit({ tokenName }: Pick<Candidate, "tokenName">): void {
    if (this.#shutdown.isNear || this.#isDraining) {
      throw new LineError(LineErrorCode.ShuttingDown, "The server goes down; try again later");
    }
    const refusal = tokenName === ""
      ? undefined
      : this.#parts.moderation.admit(identityOf(0, tokenName));
    if (refusal !== undefined) throw refusal;
  }

  /** Takes a client in. */
  join(connection: Connection<ChatKinds>): Handlers<ChatKinds> {
    this.#seats.seat(connection);
    const row = this.gate.take(connection.terms.session);
    if (row === undefined) throw new Error("Cannot find the session that has just logged in");
    const identity = identityOf(row.author, connection.terms.tokenName);
    const refusal = this.#refusalOf(row, identity);
    if (refusal !== undefined) {
      connection.abort(refusal.code, refusal.message);
      return {};
    }
    const guest = this.#guestOf(row, connection, identity);
    const member = this.#arrive(guest, row, connection);
    connection.onGoodbye = ({ code, message }) => {
      if (!LEAVING_CODES.has(code)) return;
      member.partReason ??= message === "" ? "quit" : `quit: ${message}`;
    };
    connection.closed.then((report) => this.#left(member, report));
    return this.#handlersOf(member);
  }

  /** How many members and rooms there are. */
  get counts(): { readonly members: number; readonly rooms: number } {
    let members = 0;
    for (const { member } of this.#hall.guests.values()) if (member?.isHere) members++;
    return { members, rooms: this.#hall.rooms.size };
  }

  *members(): Iterable<Member> {
    for (const { member } of this.#hall.guests.values()) if (member?.isHere) yield member;
  }

  memberOf(author: number): Member | undefined {
    const member = this.#hall.guests.get(author)?.member;
    return member?.isHere ? member : undefined;
  }

  known(nick: string): Known | undefined {
    const name = this.#names.find(nick);
    if (name === undefined) return undefined;
    const { author, identity, seenUs } = name;
    return { author, nick: name.nick, identity, seenUs, member: this.memberOf(author) };
  }

  *rooms(): Iterable<{ readonly room: string; readonly members: number; readonly last: number }> {
    for (const { name, seats, last } of this.#hall.rooms.values()) {
      yield { room: name, members: seats.size, last };
    }
  }

  *membersOf(room: string): Iterable<Member> {
    const seats = this.#hall.rooms.get(room)?.seats.values() ?? [];
    for (const { guest: { member } } of seats) if (member?.isHere) yield member;
  }

  tell(member: Member, notice: Notice): void {
    if (notice.code === "suspended") this.files?.withdraw(member, notice.message);
    member.connection.send(kinds.notice, notice);
  }

  tellAll(notice: Notice): void {
    const batch = new FrameBatch().add(kinds.notice, notice);
    for (const { member } of this.#hall.guests.values()) member?.sendBatch(batch);
  }

  cut(member: Member, code: `chat.${string}`, message: string): void {
    const { member: here } = this.#hall.guests.get(member.author) ?? {};
    if (here === undefined || here !== member) return;
    here.cut(code, message, code === "chat.banned" ? "banned" : message);
    this.#gone(here);
  }

  rankChanged(identity: Identity): void {
    for (const { member } of this.#hall.guests.values()) {
      if (!member?.isHere || member.identity !== identity) continue;
      this.#sayWho(member);
      const is = this.#parts.moderation.isOperator(identity) ? "is" : "is not";
      this.tellAll({ code: "rank", message: `${member.nick} ${is} an operator now` });
    }
  }

  say(text: string, room?: string): void {
    if (room !== undefined) return this.#says.say(text, room);
    for (const { name, seats } of this.#hall.rooms.values()) {
      if (seats.size > 0) this.#says.say(text, name);
    }
  }

  shutdown(inMs: number, reason: string): void {
    this.tellAll(this.#shutdown.plan(inMs, reason));
  }

  /** Takes nothing any more, and waits until what was taken is committed and acknowledged. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    for (const { member } of this.#hall.guests.values()) member?.pace.stop();
    await this.#queue.idle();
  }

  /** Ends all timers; nothing is stored any more. */
  [Symbol.dispose](): void {
    this.#isDraining = true;
    this.#shutdown[Symbol.dispose]();
    this.#queue[Symbol.dispose]();
    for (const guest of this.#hall.guests.values()) {
      guest.member?.pace.stop();
      this.#presence.stop(guest);
    }
  }

  get #isStarting(): boolean {
    return this.#parts.clock.monotonicNs() < this.#quietUntilNs;
  }

  #refusalOf({ author, tokenName }: SessionRow, identity: Identity): LineError | undefined {
    const { moderation } = this.#parts;
    return moderation.admit(identity) ?? moderation.admit(identityOf(author, tokenName)) ??
      moderation.admit(identityOf(author, ""));
  }

  #guestOf(row: SessionRow, { terms }: Connection<ChatKinds>, identity: Identity): Guest {
    const { author, session, inboxLast } = row;
    const here = this.#hall.guests.get(author);
    const sequence = Number(terms.highestSequence);
    const guest = here ?? new Guest(author, session, { identity, inboxLast, sequence });
    guest.identity = identity;
    guest.inboxLast = Math.max(guest.inboxLast, inboxLast);
    this.#hall.guests.set(author, guest);
    return guest;
  }

  #arrive(guest: Guest, row: SessionRow, connection: Connection<ChatKinds>): ChatMember {
    const { clock, options } = this.#parts;
    const nowUs = clock.wallUs();
    const isNew = !connection.terms.resumed || guest.member !== undefined;
    const seenUs = this.#names.of(guest.author)?.seenUs ?? row.seenUs;
    const awayMs = isNew ? 0 : this.#isStarting ? Infinity : Math.max(0, nowUs - seenUs) / 1000;
    const pace = { clock, perSecond: options.pace };
    this.#stopListening(guest);
    const member = guest.member = new ChatMember(connection, guest, nowUs, pace, awayMs);
    const otherName = this.#nicks.greet(guest, connection.terms.clientId);
    this.#sayWho(member);
    if (otherName !== undefined) member.tell({ code: "nick-changed", message: otherName });
    const { notice } = this.#shutdown;
    if (notice !== undefined) member.tell(notice);
    this.#presence.back(guest);
    return member;
  }

  #handlersOf(member: ChatMember): Handlers<ChatKinds> {
    const run = (step: () => void) => {
      if (!member.isHere || this.#isDraining) return;
      member.pace.run(() => {
        if (member.isHere && !this.#isDraining) step();
      });
    };
    return {
      ...this.files?.handlersFor(member),
      say: (view) => {
        const say = this.#says.read(member, view);
        if (say !== undefined) run(() => this.#says.take(member, say));
      },
      join: (wish) => run(() => this.#rooms.join(member, wish)),
      leave: (wish) => run(() => this.#rooms.leave(member, wish)),
      history: (wish) => run(() => this.#rooms.history(member, wish)),
      nick: ({ nick }) => run(() => this.#rename(member, nick)),
      command: (text) => run(() => this.#command(member, text)),
    };
  }

  #rename(member: ChatMember, wanted: string): void {
    if (this.#nicks.rename(member, wanted)) this.#sayWho(member);
  }

  /** Answers come in the order of the commands, as far as moderation takes them in turn. */
  #command(member: ChatMember, text: string): void {
    this.#parts.moderation.runCommand(member, text, this).then(
      (reply) => member.connection.send(kinds.reply, fitReply(reply)),
      (error) => {
        this.#parts.onTrouble(error);
        member.connection.abort(LineErrorCode.Internal, "The command failed");
      },
    );
  }

  #sayWho(member: ChatMember): void {
    const { clock, snapshot: { storeId }, moderation, options } = this.#parts;
    const { guest: { author, nick, identity, inboxLast } } = member;
    member.send(kinds.you, {
      author,
      nick,
      isOperator: moderation.isOperator(identity),
      mode: "rooms",
      storeId,
      inboxLast,
      nowUs: clock.wallUs(),
      maxFileBytes: options.maxFileBytes,
      ...(options.motd === undefined ? {} : { motd: options.motd }),
    });
  }

  #whoOf({ author, nick, identity, isAwayTold }: Guest): Who {
    return {
      author,
      nick,
      ...(this.#parts.moderation.isOperator(identity) ? { isOperator: true } : {}),
      ...(isAwayTold ? { isAway: true } : {}),
    };
  }

  #left(member: ChatMember, { code, by }: CloseReport): void {
    if (code === LineErrorCode.SlowReader && by === "here") {
      member.partReason ??= "cut: it reads too slowly";
    }
    this.#gone(member);
  }

  /** A connection is over, or as good as. */
  #gone(member: ChatMember): void {
    const { guest, partReason } = member;
    member.pace.stop();
    this.files?.left(member);
    if (guest.member !== member) return; // another connection has the session, or it is known
    guest.member = undefined;
    this.#stopListening(guest);
    const { clock, store, onTrouble } = this.#parts;
    const nowUs = clock.wallUs();
    const name = this.#names.of(guest.author);
    if (name !== undefined) name.seenUs = nowUs;
    store.noteSeen(guest.author, nowUs).catch(onTrouble);
    if (this.#isDraining) return;
    if (partReason === undefined) return this.#presence.lost(guest);
    this.#presence.stop(guest);
    this.#presence.leaveAll(guest, partReason);
  }

  /** No room sends it anything until it asks again, on its next connection. */
  #stopListening(guest: Guest): void {
    guest.inbox.stop();
    for (const room of guest.rooms) this.#hall.seat(guest, room)?.stop();
  }

  #onFailure(error: unknown): void {
    this.#parts.onTrouble(error);
    for (const { member, uncommitted } of this.#hall.guests.values()) {
      if (uncommitted > 0) member?.tellStoreFails();
    }
  }

  #onHealed(): void {
    this.#parts.onHealed?.();
    this.#nicks.saveAll();
    for (const { member } of this.#hall.guests.values()) {
      if (!member?.isStoreTold) continue;
      member.isStoreTold = false;
      member.tell({ code: "store-back", message: "The server stores lines again" });
    }
  }
}
