/** A server of rooms as far as it has no sockets: its members, rooms, names, and what they say. */
import type { Clock } from "../../clock/clock.ts";
import type { Connection } from "../../transport/connection.ts";
import { FrameBatch } from "../../transport/frame_batch.ts";
import { LineError, LineErrorCode } from "../../transport/line_error.ts";
import type { Candidate } from "../../transport/listen.ts";
import type { Handlers } from "../../transport/routes.ts";
import { SessionDesk } from "../../transport/session/session_desk.ts";
import type { FileDesk } from "../files/file_desk.ts";
import type { Notice, Who } from "../messages.ts";
import { type ChatKinds, chatService } from "../protocol.ts";
import type { ChatSnapshot, ChatStore, Identity } from "../store/chat_store.ts";
import type { ChatHost, Known, Member } from "../chat_host.ts";
import { fitReply } from "./fit_reply.ts";
import type { Guest } from "./guest.ts";
import { Hall } from "./hall.ts";
import { Homecoming } from "./homecoming.ts";
import type { ChatMember } from "./member.ts";
import type { Moderator } from "./moderator.ts";
import { NameBook } from "./name_book.ts";
import { NickDesk } from "./nick_desk.ts";
import { pacedFiles } from "./paced_files.ts";
import { PostQueue } from "./post_queue.ts";
import { Presence } from "./presence.ts";
import { Reception } from "./reception.ts";
import { Refusals } from "./refusals.ts";
import { RoomDesk } from "./room_desk.ts";
import { SayDesk } from "./say_desk.ts";
import { ChatSessionGate } from "./session_gate.ts";
import { Shutdown } from "./shutdown.ts";

const { kinds } = chatService;

/** Commands and pages that one member may wait for. */
const MAX_ASKING = 64;

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
  readonly #reception: Reception;

  constructor(parts: ChatServerParts) {
    const { clock, store, snapshot, moderation, onTrouble } = parts;
    this.#parts = parts;
    this.gate = new ChatSessionGate(store, clock);
    const hall = this.#hall = new Hall(snapshot.rooms);
    const whoOf = (guest: Guest) => this.#whoOf(guest);
    const wallUs = () => clock.wallUs();
    const homecoming = new Homecoming(clock);
    const presence = this.#presence = new Presence(hall, clock, whoOf, homecoming);
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
    const shutdown = this.#shutdown = new Shutdown(clock);
    const refusals = new Refusals(clock);
    this.#says = new SayDesk({ hall, names, presence, gate, queue, refusals, wallUs, mayNotSpeak });
    const nicks = this.#nicks = new NickDesk({ names, hall, presence, store, wallUs, onTrouble });
    this.#reception = new Reception({
      ...{ clock, store, hall, names, nicks, presence, gate, moderation, shutdown, homecoming },
      ...{ refusals, onTrouble },
      pace: parts.options.pace,
      sayWho: (member) => this.#sayWho(member),
      onGone: (member) => this.files?.left(member),
    });
    this.#rooms = new RoomDesk({ clock, store, hall, presence, whoOf, onTrouble });
  }

  /** Resolves with a reason when somebody has ordered the end, and it is time. */
  get ended(): Promise<string> {
    return this.#shutdown.ended;
  }

  /** The last word on who comes in. @throws {LineError} */
  admit({ tokenName }: Pick<Candidate, "tokenName">): void {
    this.#reception.admit(tokenName);
  }

  /** Takes a client in. */
  join(connection: Connection<ChatKinds>): Handlers<ChatKinds> {
    this.#seats.seat(connection);
    const entered = this.#reception.enter(connection);
    if (!(entered instanceof LineError)) return this.#handlersOf(entered);
    connection.abort(entered.code, entered.message);
    return {};
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
    this.#reception.isClosed = true;
    for (const { member } of this.#hall.guests.values()) member?.pace.stop();
    await this.#queue.idle();
  }

  /** Ends all timers; nothing is stored any more. */
  [Symbol.dispose](): void {
    this.#reception[Symbol.dispose]();
    this.#shutdown[Symbol.dispose]();
    this.#queue[Symbol.dispose]();
    for (const guest of this.#hall.guests.values()) {
      guest.member?.pace.stop();
      this.#presence.stop(guest);
    }
  }

  #handlersOf(member: ChatMember): Handlers<ChatKinds> {
    const run = (step: () => void) => {
      if (!member.isHere || this.#reception.isClosed) return;
      member.pace.run(() => {
        if (member.isHere && !this.#reception.isClosed) step();
      });
    };
    const files = this.files?.handlersFor(member);
    return {
      ...(files && pacedFiles(files, member, run)),
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
    if (++member.asking > MAX_ASKING) return member.flood(member.asking, "commands");
    this.#parts.moderation.runCommand(member, text, this).then(
      (reply) => member.send(kinds.reply, fitReply(reply)),
      (error) => {
        this.#parts.onTrouble(error);
        member.connection.abort(LineErrorCode.Internal, "The command failed");
      },
    ).then(() => member.asking--);
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
