/**
 * A server of rooms and its clients, on a network in memory, with a store that outlives it.
 *
 * Longer than 300 lines: the server, who speaks to it and what they saw know each other.
 */
import assert from "node:assert/strict";
import { FakeClock, settle } from "../../lib/clock/fake_clock.ts";
import { encodeSay, type Line, readAck, readLine } from "../../lib/chat/line_codec.ts";
import type {
  Join,
  Notice,
  Page,
  PresenceEvent,
  Refused,
  Reply,
  RoomState,
  You,
} from "../../lib/chat/messages.ts";
import { CONSOLE } from "../../lib/chat/moderation/actor.ts";
import { Moderation } from "../../lib/chat/moderation/moderation.ts";
import { type ChatKinds, chatService } from "../../lib/chat/protocol.ts";
import { ChatServer, type ChatServerOptions } from "../../lib/chat/server/chat_server.ts";
import type { ChatStore } from "../../lib/chat/store/chat_store.ts";
import { MemoryChatStore } from "../../lib/chat/store/memory_chat_store.ts";
import type { CloseReport } from "../../lib/transport/close_report.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import { dialSession } from "../../lib/transport/dial.ts";
import { listen, type Server } from "../../lib/transport/listen.ts";
import { type MemoryLink, MemoryNetwork } from "../../lib/transport/memory_network.ts";
import type { PathSettings } from "../../lib/transport/memory_path.ts";
import type { Secret } from "../../lib/transport/proofs.ts";
import type { Handlers } from "../../lib/transport/routes.ts";
import type { Token } from "../../lib/transport/token.ts";
import { Random } from "../random.ts";

const ADDRESS = { host: "127.0.0.1", port: 7780 };
const { kinds } = chatService;

/** How a world is, besides what is usual. */
export interface ChatWorldOptions extends Partial<ChatServerOptions> {
  readonly store?: ChatStore;
  readonly path?: { readonly there?: PathSettings; readonly back?: PathSettings };
  /** Who may come in. @default {everybody} */
  readonly tokens?: readonly Token[];
  /** Names of tokens. */
  readonly operators?: readonly string[];
}

/** What a member sees, by kind and in order. */
export interface Seen {
  readonly lines: Line[];
  readonly acks: number[];
  readonly refused: Refused[];
  readonly presence: PresenceEvent[];
  readonly you: You[];
  readonly rooms: RoomState[];
  readonly pages: Page[];
  readonly notices: Notice[];
  readonly replies: Reply[];
  /** Names of the kinds of all frames, in their order. */
  readonly frames: string[];
}

/** Nothing yet. */
export function nothingSeen(): Seen {
  return {
    lines: [],
    acks: [],
    refused: [],
    presence: [],
    you: [],
    rooms: [],
    pages: [],
    notices: [],
    replies: [],
    frames: [],
  };
}

/** Handlers that note what comes. */
export function noting(seen: Seen): Handlers<ChatKinds> {
  const note = <T>(kind: string, list: T[]) => (value: T) => {
    seen.frames.push(kind);
    list.push(value);
  };
  const line = note("line", seen.lines);
  const ack = note("ack", seen.acks);
  return {
    line: (view) => line(readLine(view)),
    ack: (view) => ack(readAck(view)),
    refused: note("refused", seen.refused),
    presence: ({ events }) => {
      seen.frames.push("presence");
      seen.presence.push(...events);
    },
    you: note("you", seen.you),
    room: note("room", seen.rooms),
    page: note("page", seen.pages),
    notice: note("notice", seen.notices),
    reply: note("reply", seen.replies),
  };
}

/** A client that does what a test says, and notes what it sees on all its connections. */
export class ScriptedMember {
  /** Since the start, or since {@linkcode forget}. */
  readonly seen = nothingSeen();
  connection: Connection<ChatKinds> | undefined;
  link: MemoryLink | undefined;
  session: { readonly id: string; readonly cookie: Secret } | undefined;
  report: CloseReport | undefined;
  #you: You | undefined;
  #sequence = 0;
  readonly #world: ChatWorld;

  constructor(world: ChatWorld, readonly wanted: string, readonly token?: Token) {
    this.#world = world;
  }

  get you(): You {
    this.#you = this.seen.you.at(-1) ?? this.#you;
    assert(this.#you !== undefined, `${this.wanted} was not told who it is`);
    return this.#you;
  }

  /** Texts that it saw in a room, or under `@nick`, in order. */
  texts(where = "#lobby"): string[] {
    return this.seen.lines.filter((line) => line.where === where).map(({ text }) => text);
  }

  /** Forgets what it has seen. */
  forget(): void {
    this.#you = this.seen.you.at(-1) ?? this.#you;
    for (const list of Object.values(this.seen)) list.length = 0;
  }

  /** Connects; with the session that it has. @param more other handlers */
  async connect(more: Handlers<ChatKinds> = {}): Promise<this> {
    const { clock, network } = this.#world;
    const dialled = dialSession(
      chatService,
      {
        ...ADDRESS,
        clientId: this.wanted,
        network,
        clock,
        token: this.token,
        session: this.session,
      },
      () => ({ ...noting(this.seen), ...more }),
    );
    this.link = network.links.at(-1);
    const { connection, cookie } = await this.#world.done(dialled);
    this.connection = connection;
    this.report = undefined;
    connection.closed.then((report) => this.report = report);
    const { session: id, highestSequence } = connection.terms;
    if (cookie !== undefined) this.session = { id, cookie };
    this.#sequence = Math.max(this.#sequence, Number(highestSequence));
    await settle();
    return this;
  }

  /** Enters a room. */
  async join(room = "#lobby", more: Omit<Join, "room"> = {}): Promise<this> {
    this.send("join", { room, ...more });
    await settle();
    return this;
  }

  /** Sends a frame. */
  send<K extends keyof ChatKinds>(
    kind: K,
    value: Parameters<ChatKinds[K]["encode"]>[0],
  ): void {
    const sent = this.connection?.send(kinds[kind] as never, value as never);
    assert(sent, `${this.wanted} could not send ${kind}`);
  }

  /** Says something. @returns its sequence */
  say(text: string, where = "#lobby", sequence = this.#sequence + 1): number {
    this.#sequence = Math.max(this.#sequence, sequence);
    this.send("say", encodeSay({ sequence, where, text }));
    return sequence;
  }

  /** Gives a command. */
  async command(text: string): Promise<Reply> {
    const before = this.seen.replies.length;
    this.send("command", text);
    await settle();
    const reply = this.seen.replies[before];
    assert(reply !== undefined, `no reply to ${text}`);
    return reply;
  }

  /** The line breaks. */
  async lose(): Promise<void> {
    this.link?.cut();
    await settle();
    await settle();
  }

  /** Says goodbye. */
  async quit(message = ""): Promise<void> {
    const closed = this.connection?.close({ code: "quit", message });
    if (closed !== undefined) await this.#world.done(closed);
    await settle();
  }
}

/** Server, network, clock and store. */
export class ChatWorld implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly network: MemoryNetwork;
  readonly store: ChatStore;
  /** What the server complained of. */
  readonly troubles: unknown[] = [];
  readonly #options: ChatWorldOptions;
  #running: {
    readonly chat: ChatServer;
    readonly line: Server<ChatKinds>;
    readonly moderation: Moderation;
  } | undefined;

  private constructor(options: ChatWorldOptions) {
    const numbers = new Random(7);
    const random = () => numbers.uint32() / 2 ** 32;
    this.network = new MemoryNetwork({ clock: this.clock, random, ...options.path });
    this.store = options.store ?? new MemoryChatStore("0123456789abcdef");
    this.#options = options;
  }

  /** A world with a running server. */
  static async create(options: ChatWorldOptions = {}): Promise<ChatWorld> {
    const world = new ChatWorld(options);
    await world.serve();
    return world;
  }

  /** Waits for what takes no time, and else lets time pass. */
  async done<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = () => void (isDone = true);
    work.then(done, done);
    for (let turns = 0; !isDone && turns < 50; turns++) await settle();
    return await this.clock.runUntil(work);
  }

  get chat(): ChatServer {
    assert(this.#running !== undefined);
    return this.#running.chat;
  }

  /** Starts a server. */
  async serve(): Promise<void> {
    const { clock, network, store } = this;
    const { tokens, operators = [], motd, maxFileBytes = 0, pace = 0 } = this.#options;
    const snapshot = await store.load();
    const moderation = new Moderation({ store, clock, snapshot, operators });
    const options = { motd, maxFileBytes, pace };
    const onTrouble = (error: unknown) => this.troubles.push(error);
    const chat = new ChatServer({ clock, store, snapshot, moderation, options, onTrouble });
    const admit = chat.admit.bind(chat);
    const line = listen(
      chatService,
      { ...ADDRESS, network, clock, tokens, sessions: chat.gate, admit },
      (connection) => chat.join(connection),
    );
    this.#running = { chat, line, moderation };
  }

  /** Gives a command at the console. */
  console(text: string): Promise<Reply> {
    assert(this.#running !== undefined);
    const { chat, moderation } = this.#running;
    return this.done(moderation.runCommand(CONSOLE, text, chat));
  }

  /** Ends the server: in good order, or without a word. */
  async stopServer(how: "close" | "kill" = "close"): Promise<void> {
    assert(this.#running !== undefined);
    const { chat, line } = this.#running;
    this.#running = undefined;
    if (how === "kill") {
      chat[Symbol.dispose]();
      for (const link of this.network.links) link.cut();
    } else await this.done(chat.drain());
    const goodbye = { code: "shutting-down", message: "" };
    await this.done(line.close(goodbye));
    chat[Symbol.dispose]();
  }

  /** A member that is connected. */
  member(wanted: string, token?: Token): Promise<ScriptedMember> {
    return new ScriptedMember(this, wanted, token).connect();
  }

  /** Members that are connected, in a room. */
  async members(room: string, ...wanted: string[]): Promise<ScriptedMember[]> {
    const members: ScriptedMember[] = [];
    for (const name of wanted) members.push(await (await this.member(name)).join(room));
    await settle(); // what they hear of each other comes at the end of a turn
    await settle();
    for (const member of members) member.forget();
    return members;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#running !== undefined) await this.stopServer("kill");
  }
}
