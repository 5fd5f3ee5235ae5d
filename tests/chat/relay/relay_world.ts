/** A server in relay mode and its clients, on a network in memory, with a store that outlives it. */
import assert from "node:assert/strict";
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import type { ChatEvent } from "../../../lib/chat/chat_event.ts";
import { encodeSay, readAck } from "../../../lib/chat/line_codec.ts";
import { type ChatKinds, chatService } from "../../../lib/chat/protocol.ts";
import { RelaySeat } from "../../../lib/chat/relay/relay_seat.ts";
import { RelayServer } from "../../../lib/chat/relay/relay_server.ts";
import { MemoryChatStore } from "../../../lib/chat/store/memory_chat_store.ts";
import type { SessionRow } from "../../../lib/chat/store/chat_store.ts";
import type { Connection } from "../../../lib/transport/connection.ts";
import { listen, type Server } from "../../../lib/transport/listen.ts";
import { type MemoryLink, MemoryNetwork } from "../../../lib/transport/memory_network.ts";
import { keepSession } from "../../../lib/transport/session/keep_session.ts";
import { SessionDesk } from "../../../lib/transport/session/session_desk.ts";
import { MemoryState } from "../../../lib/transport/session/session_state.ts";

const ADDRESS = { host: "127.0.0.1", port: 7780 };

/** How a server plays. */
export interface RelayPlay {
  readonly game?: string;
  readonly clockMs?: number;
}

/** A client that notes what happens to it, in short words. */
export class RelayClient {
  /** Such as `number 1`, `role emitter`, `message hello`; emptied by {@linkcode news}. */
  #news: string[] = [];
  readonly events: ChatEvent[] = [];
  readonly state: MemoryState<string>;
  readonly seat: RelaySeat;
  link: MemoryLink | undefined;
  connection: Connection<ChatKinds> | undefined;
  readonly #controller = new AbortController();
  readonly ended: Promise<string>;

  /** @param state of an earlier process with the same session */
  constructor(
    clock: FakeClock,
    network: MemoryNetwork,
    clientId: string,
    state = new MemoryState<string>(),
  ) {
    this.state = state;
    this.seat = new RelaySeat({
      emit: (event) => this.#note(event),
      say: (_, text) => void state.add(text),
      waiting: () => state.outbox.size,
    });
    const kept = keepSession({
      service: chatService,
      dial: { ...ADDRESS, clientId, network },
      clock,
      signal: this.#controller.signal,
      random: () => 0.5,
      state,
      handlersFor: (connection) => {
        this.link = network.links.at(-1);
        this.connection = connection;
        return {
          ...this.seat.handlersFor(connection),
          you: (you) => this.#note({ type: "you", ...you }),
          notice: (notice) => this.#note({ type: "notice", ...notice }),
          reply: (reply) => this.#note({ type: "reply", ...reply }),
          refused: (refused) => this.#note({ type: "refused", ...refused }),
          ack: (view) => {
            state.acknowledged(readAck(view));
            this.seat.acknowledged();
          },
        };
      },
      send: (connection, outbox) => {
        const sequence = outbox.peekSequence() ?? 0;
        const say = encodeSay({ sequence, where: "", text: outbox.peek() ?? "" });
        if (!connection.send(chatService.kinds.say, say)) return "full";
        outbox.advance();
        return "sent";
      },
    });
    this.seat.done.then(() => this.connection?.close({ code: "quit", message: "" }));
    this.ended = kept.done.then(({ code }) => code, (error) => String(error));
  }

  /** What has happened since the last call. */
  news(): string[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  type(...texts: readonly string[]): void {
    for (const text of texts) this.seat.type(text);
  }

  /** The user is gone, or the process: nothing is tried again. */
  stop(): void {
    this.#controller.abort();
  }

  #note(event: ChatEvent): void {
    this.events.push(event);
    const text = inShort(event);
    if (text !== undefined) this.#news.push(text);
  }
}

function inShort(event: ChatEvent): string | undefined {
  switch (event.type) {
    case "number":
      return `number ${event.number}`;
    case "role":
      return `role ${event.role}${event.last === undefined ? "" : ` last ${event.last}`}`;
    case "message":
      return `message ${event.text}`;
    case "peer-left":
      return `peer-left ${event.number} ${event.why}`;
    case "peer":
      return `peer ${event.number} ${event.what}`;
    case "refused":
    case "notice":
      return `${event.type} ${event.code}`;
    case "verdict":
      return `verdict ${event.code}${event.number === undefined ? "" : ` ${event.number}`}`;
    case "exit":
      return `exit ${event.reason}`;
    default:
      return undefined;
  }
}

/** Server, store, network and clock. */
export class RelayWorld {
  readonly clock = new FakeClock();
  readonly network = new MemoryNetwork({ clock: this.clock, random: () => 0.5 });
  readonly store = new MemoryChatStore("0123456789abcdef");
  /** What the server complained of. */
  readonly troubles: unknown[] = [];
  /** Times of commits, in milliseconds. */
  #server: { readonly relay: RelayServer; readonly line: Server<ChatKinds> } | undefined;

  /** A server on the store as it is. */
  async serve(play: RelayPlay = {}): Promise<void> {
    const { clock, network, store } = this;
    const rows = new Map<string, SessionRow>();
    const desk = new SessionDesk<ChatKinds>();
    const snapshot = await clock.runUntil(store.load());
    const relay = new RelayServer({
      clock,
      store,
      snapshot,
      ...play,
      sessionOf: ({ terms: { session, clientId } }) => {
        const author = rows.get(session)?.author;
        assert(author !== undefined);
        return { author, nick: clientId, identity: `session:${author}` };
      },
      onTrouble: (error) => this.troubles.push(error),
    });
    const sessions = {
      find: async (session: string) => {
        const row = await store.find(session);
        if (row === undefined) return undefined;
        rows.set(session, row);
        return { cookie: row.cookie, highestSequence: BigInt(row.highestSequence) };
      },
      open: async (
        session: string,
        cookie: Parameters<typeof store.open>[1],
        owner: Parameters<typeof store.open>[2],
      ) => {
        rows.set(session, await store.open(session, cookie, owner, clock.wallUs()));
      },
    };
    const line = listen(chatService, { ...ADDRESS, network, clock, sessions }, (connection) => {
      desk.seat(connection);
      return relay.join(connection);
    });
    this.#server = { relay, line };
  }

  get relay(): RelayServer {
    assert(this.#server !== undefined);
    return this.#server.relay;
  }

  /** ^C at the server. */
  async exit(reason = "closed by ada"): Promise<void> {
    assert(this.#server !== undefined);
    const { relay, line } = this.#server;
    await this.clock.runUntil(relay.exit(reason));
    await this.clock.runUntil(line.close());
  }

  /** SIGKILL at the server: lines break, nothing is written any more. */
  async kill(): Promise<void> {
    assert(this.#server !== undefined);
    const { relay, line } = this.#server;
    relay[Symbol.dispose]();
    for (const link of this.network.links) link.cut();
    await this.clock.runUntil(line.close());
  }

  /** A client comes, and time is given to it. */
  async join(clientId: string, state?: MemoryState<string>): Promise<RelayClient> {
    const client = new RelayClient(this.clock, this.network, clientId, state);
    await this.pass(1);
    return client;
  }

  pass(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  /** Ends everything. */
  async end(...clients: readonly RelayClient[]): Promise<void> {
    for (const client of clients) client.stop();
    for (const client of clients) await this.clock.runUntil(client.ended);
    this.relay[Symbol.dispose]();
    await this.clock.runUntil(this.#server?.line.close() ?? Promise.resolve());
  }
}
