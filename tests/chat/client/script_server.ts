/**
 * A server of `chat` that does what a test says, and clients of it, on a network in memory.
 *
 * Longer than 300 lines: the server, its store and its clients know each other.
 */
import { FakeClock, settle } from "../../../lib/clock/fake_clock.ts";
import { ChatClient } from "../../../lib/chat/client/chat_client.ts";
import type { ChatClientOptions } from "../../../lib/chat/client/chat_client_options.ts";
import type { ChatEvent } from "../../../lib/chat/chat_event.ts";
import { type ClientMemory, inFile, memoryOnly } from "../../../lib/chat/client/client_memory.ts";
import type { ClientEnd } from "../../../lib/chat/client/session_runner.ts";
import { type TypedLine, typedLineCodec } from "../../../lib/chat/client/typed_line.ts";
import {
  encodeLine,
  type Line,
  LineFlag,
  readSay,
  writeAck,
} from "../../../lib/chat/line_codec.ts";
import type { History, Join, Refused, You } from "../../../lib/chat/messages.ts";
import { CHAT_BYTES, type ChatKinds, chatService } from "../../../lib/chat/protocol.ts";
import type { Connection } from "../../../lib/transport/connection.ts";
import { listen, type ListenOptions, type Server } from "../../../lib/transport/listen.ts";
import { MemoryNetwork } from "../../../lib/transport/memory_network.ts";
import { MemorySessions } from "../../../lib/transport/session/memory_sessions.ts";
import { SessionDesk } from "../../../lib/transport/session/session_desk.ts";
import { StateFile } from "../../../lib/transport/session/state_file.ts";
import { FakeStateFiles } from "../../fake_state_files.ts";

const { kinds } = chatService;

/** Where all servers listen. */
const ADDRESS = { host: "127.0.0.1", port: 7780 };

/** Path of the state of all clients. */
const STATE = "/state";

/** Lets everything happen that takes no time. */
export async function settleAll(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await settle();
}

/** What outlives a server. */
export class ScriptStore {
  readonly sessions = new MemorySessions();
  readonly rooms = new Map<string, Line[]>();
  /** Author by session. */
  readonly authors = new Map<string, number>();
  storeId = "00000000000000aa";
  /** Texts of lines as they were committed; a repeat would stand here twice. */
  readonly committed: string[] = [];

  lines(room: string): Line[] {
    const lines = this.rooms.get(room) ?? [];
    this.rooms.set(room, lines);
    return lines;
  }

  /** A line that somebody else says. */
  add(room: string, text: string, more: Partial<Line> = {}): Line {
    const lines = this.lines(room);
    const id = (lines.at(-1)?.id ?? 0) + 1;
    const timeUs = 1_700_000_000_000_000 + id * 1_000_000;
    const where = room === "@" ? "@bob" : room;
    const line = { id, timeUs, author: 99, flags: 0, where, nick: "bob", text, ...more };
    lines.push(line);
    return line;
  }
}

/** One server. */
export class ScriptServer {
  readonly server: Server<ChatKinds>;
  readonly connections: Connection<ChatKinds>[] = [];
  /** What came, in order: `join #lobby after 3`, `say 1 #lobby hi`, `nick bob`. */
  readonly heard: string[] = [];
  /** Names that HELLO asked for. */
  readonly wanted: string[] = [];
  /** Lines are committed and acknowledged; else when `release` is called. */
  holds = false;
  /** What JOIN is answered with: ROOM, lines and PAGE, or less. */
  onJoin: "all" | "room" | "nothing" = "all";
  /** Commands are answered. */
  answers = true;
  /** Why a line is refused. */
  refuses: (text: string) => string | undefined = () => undefined;
  /** What was refused; it is said again on each connection. */
  readonly refusals: Refused[] = [];
  /** What YOU says besides. */
  you: Partial<You> = {};
  readonly #held: (() => void)[] = [];
  readonly #store: ScriptStore;
  #isDead = false;

  constructor(world: ScriptWorld, store: ScriptStore, options: Partial<ListenOptions> = {}) {
    this.#store = store;
    const desk = new SessionDesk<ChatKinds>();
    const { network, clock } = world;
    const how = { ...ADDRESS, network, clock, sessions: store.sessions, ...options };
    this.server = listen(chatService, how, (connection) => {
      desk.seat(connection);
      return this.#join(connection);
    });
  }

  /** The newest connection. */
  get last(): Connection<ChatKinds> {
    const connection = this.connections.at(-1);
    if (connection === undefined) throw new Error("nobody is connected");
    return connection;
  }

  /** Lets go of what is held. */
  release(): void {
    for (const run of this.#held.splice(0)) run();
  }

  /** Tells everybody of a line who has got those before. */
  broadcast(line: Line): void {
    if (this.onJoin !== "all") return;
    for (const connection of this.connections) {
      if (connection.isOpen) connection.send(kinds.line, encodeLine(line));
    }
  }

  /** Nothing is done any more. */
  async kill(world: ScriptWorld): Promise<void> {
    this.#isDead = true;
    for (const link of world.network.links) link.cut();
    await world.clock.runUntil(this.server.close());
  }

  #join(connection: Connection<ChatKinds>) {
    this.connections.push(connection);
    const { clientId, session } = connection.terms;
    this.wanted.push(clientId);
    const store = this.#store;
    const author = store.authors.get(session) ?? store.authors.size + 1;
    store.authors.set(session, author);
    const you = (nick: string): You => ({
      author,
      nick,
      isOperator: false,
      mode: "rooms",
      storeId: store.storeId,
      inboxLast: store.lines("@").length,
      nowUs: 1_700_000_000_000_000,
      maxFileBytes: 0,
      ...this.you,
    });
    connection.send(kinds.you, you(clientId));
    for (const refused of this.refusals) connection.send(kinds.refused, refused);
    return {
      join: (join: Join) => this.#onJoin(connection, join),
      leave: ({ room }: { room: string }) => void this.heard.push(`leave ${room}`),
      nick: ({ nick }: { nick: string }) => {
        this.heard.push(`nick ${nick}`);
        connection.send(kinds.you, you(nick));
      },
      history: (history: History) => this.#onHistory(connection, history),
      command: (text: string) => {
        this.heard.push(`command ${text}`);
        if (!this.answers) return;
        connection.send(kinds.reply, { command: text, isDone: true, lines: [`did ${text}`] });
      },
      say: (view: Parameters<typeof readSay>[0]) => {
        const { sequence, where, text } = readSay(view);
        this.heard.push(`say ${sequence} ${where} ${text}`);
        const commit = () => this.#commit(connection, author, sequence, where, text);
        if (this.holds) this.#held.push(commit);
        else commit();
      },
    };
  }

  #commit(
    connection: Connection<ChatKinds>,
    author: number,
    sequence: number,
    where: string,
    text: string,
  ): void {
    const store = this.#store;
    if (this.#isDead) return;
    const isNew = store.sessions.apply(connection.terms.session, BigInt(sequence));
    const why = this.refuses(text);
    if (isNew && why !== undefined) {
      const refused = { sequence, code: "suspended", message: why };
      this.refusals.push(refused);
      connection.send(kinds.refused, refused);
    } else if (isNew) {
      store.committed.push(text);
      const isPrivate = where.startsWith("@");
      const flags = isPrivate ? LineFlag.Private | LineFlag.Sent : 0;
      const more = { author, nick: connection.terms.clientId, where, flags };
      this.broadcast(store.add(isPrivate ? "@" : where, text, more));
    }
    const ack = connection.reserve(kinds.ack, CHAT_BYTES.ack);
    if (ack !== undefined) {
      writeAck(ack, sequence);
      ack.commit();
    }
  }

  #onJoin(connection: Connection<ChatKinds>, { room, after, last }: Join): void {
    this.heard.push(`join ${room} ${after === undefined ? `last ${last}` : `after ${after}`}`);
    if (this.onJoin === "nothing") return;
    const all = this.#store.lines(room);
    const lastId = all.at(-1)?.id ?? 0;
    const members = [{ author: 99, nick: "bob" }];
    connection.send(kinds.room, { room, members, memberCount: 2, last: lastId });
    if (this.onJoin === "room") return;
    const lines = after === undefined
      ? all.slice(last === 0 ? all.length : -(last ?? 50))
      : all.filter(({ id }) => id > after);
    this.#page(connection, room, "join", lines);
  }

  #onHistory(connection: Connection<ChatKinds>, { room, before, limit }: History): void {
    this.heard.push(`history ${room} before ${before}`);
    const lines = this.#store.lines(room).filter(({ id }) => id < before).slice(-limit);
    this.#page(connection, room, "history", lines);
  }

  #page(connection: Connection<ChatKinds>, room: string, to: "join" | "history", lines: Line[]) {
    for (const line of lines) {
      connection.send(kinds.line, encodeLine({ ...line, flags: line.flags | LineFlag.Replayed }));
    }
    const [first, last] = [lines[0]?.id ?? 0, lines.at(-1)?.id ?? 0];
    connection.send(kinds.page, { room, to, first, last, hasOlder: first > 1 });
  }
}

/** A client, and what it says. */
export interface ScriptClient {
  readonly client: ChatClient;
  readonly memory: ClientMemory;
  readonly events: ChatEvent[];
  readonly end: Promise<ClientEnd>;
  /** `#lobby 3 text`, with `?` where it may have been seen. */
  readonly lines: () => string[];
  /** Events of a type. */
  readonly of: <T extends ChatEvent["type"]>(type: T) => (ChatEvent & { readonly type: T })[];
  /** What SIGKILL does: nothing is written any more. @returns what is on the disk */
  readonly kill: () => Map<string, Uint8Array>;
}

/** A clock and a network. */
export class ScriptWorld {
  readonly clock: FakeClock;
  readonly network: MemoryNetwork;

  constructor(clock: FakeClock = new FakeClock(), network = new MemoryNetwork({ clock })) {
    this.clock = clock;
    this.network = network;
  }

  /** Starts a client. @param disk files that it finds; without them, it keeps nothing */
  async join(
    options: Partial<ChatClientOptions> = {},
    disk?: ReadonlyMap<string, Uint8Array>,
    onEvent: (event: ChatEvent, disk: Map<string, Uint8Array>) => void = () => {},
    files: FakeStateFiles = new FakeStateFiles(),
  ): Promise<ScriptClient> {
    for (const [path, bytes] of disk ?? []) files.contents.set(path, bytes.slice());
    const events: ChatEvent[] = [];
    let client: ChatClient | undefined = undefined as ChatClient | undefined;
    let memory = memoryOnly();
    if (disk !== undefined) {
      const onTrouble = (error: unknown) => client?.keepLater(error);
      const options = { codec: typedLineCodec, onTrouble };
      const state = await StateFile.open<TypedLine>(files, STATE, options);
      if (state === undefined) throw new Error("the file is open");
      memory = inFile(state, "default");
    }
    let isKilled = false;
    const onDisk = () => new Map([...files.contents].map(([path, bytes]) => [path, bytes.slice()]));
    const one = client = new ChatClient({
      clock: this.clock,
      dial: { ...ADDRESS, network: this.network, timeoutMs: 5000, tokenUse: "if-asked" },
      memory,
      defaultNick: "ada",
      rooms: ["#lobby"],
      last: 50,
      random: () => 0.5,
      emit: (event) => {
        if (isKilled) return;
        events.push(event);
        onEvent(event, onDisk());
      },
      ...options,
    });
    const end = one.run();
    end.catch(() => {});
    const of = <T extends ChatEvent["type"]>(type: T) =>
      events.filter((event): event is ChatEvent & { readonly type: T } => event.type === type);
    const lines = () =>
      of("line").map(({ where, id, text, isMaybeSeen }) =>
        `${where} ${id} ${text}${isMaybeSeen ? " ?" : ""}`
      );
    const kill = () => {
      isKilled = true;
      const disk = onDisk();
      for (const link of this.network.links) link.cut();
      void one.quit();
      return disk;
    };
    return { client: one, memory, events, end, lines, of, kill };
  }

  /** Ends a client in good order. @returns what is on the disk then */
  async leave(one: ScriptClient): Promise<void> {
    await this.clock.runUntil(one.client.quit());
    await this.clock.runUntil(one.end);
    await one.memory[Symbol.asyncDispose]();
  }
}
