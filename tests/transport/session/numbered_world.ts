/**
 * A service of numbered words on a memory network and a fake clock: a server that commits what it
 * gets some time later, and clients that keep their session.
 */
import { settle } from "../../../lib/clock/fake_clock.ts";
import type { Connection } from "../../../lib/transport/connection.ts";
import type { ListenOptions, Server } from "../../../lib/transport/listen.ts";
import { listen } from "../../../lib/transport/listen.ts";
import { defineService, text } from "../../../lib/transport/service.ts";
import {
  keepSession,
  type KeepSessionOptions,
  type KeptSession,
  type SessionLoss,
} from "../../../lib/transport/session/keep_session.ts";
import { MemorySessions } from "../../../lib/transport/session/memory_sessions.ts";
import { type Seat, SessionDesk } from "../../../lib/transport/session/session_desk.ts";
import { MemoryState, type SessionState } from "../../../lib/transport/session/session_state.ts";
import type { Secret } from "../../../lib/transport/proofs.ts";
import { memoryWorld, type World } from "../world.ts";

/** ITEM is `SEQUENCE WORD`, ACK is `SEQUENCE`. */
export const numbered = defineService({
  name: "numbered",
  kinds: { item: text(0x20), ack: text(0x21) },
});

/** Kinds of the service. */
export type NumberedKinds = typeof numbered.kinds;

/** Where all servers listen. */
export const ADDRESS = { host: "127.0.0.1", port: 4100 };

/** What outlives a server: sessions, and the words that were committed, in order. */
export class WordStore {
  readonly sessions = new MemorySessions();
  /** `SESSION SEQUENCE WORD`, as committed; a repeat would stand here twice. */
  readonly words: { readonly session: string; readonly sequence: number; readonly word: string }[] =
    [];
  /** Repeats that came and were not stored. */
  repeats = 0;

  commit(session: string, sequence: number, word: string): void {
    if (this.sessions.apply(session, BigInt(sequence))) {
      this.words.push({ session, sequence, word });
    } else this.repeats++;
  }
}

/** A server that commits each word `commitMs` after it came. */
export class WordServer {
  readonly desk: SessionDesk<NumberedKinds>;
  readonly server: Server<NumberedKinds>;
  /** Sessions that nobody held any more, in order. */
  readonly vacant: string[] = [];
  /** All seats that were given. */
  readonly seats: Seat<NumberedKinds>[] = [];
  #isDead = false;

  constructor(
    { network, clock, budget }: World,
    store: WordStore,
    commitMs: number,
    options: Partial<ListenOptions> = {},
  ) {
    this.desk = new SessionDesk({ onVacant: ({ session }) => this.vacant.push(session) });
    const how = { ...ADDRESS, network, clock, budget, sessions: store.sessions, ...options };
    this.server = listen(numbered, how, (connection) => {
      const seat = this.desk.seat(connection);
      this.seats.push(seat);
      return {
        item: (text) => {
          const [sequence = "", word = ""] = text.split(" ");
          const work = Promise.withResolvers<void>();
          seat.track(work.promise);
          clock.after(commitMs, () => {
            if (!this.#isDead) store.commit(seat.session, Number(sequence), word);
            if (!this.#isDead) connection.send(numbered.kinds.ack, sequence);
            work.resolve();
          });
        },
      };
    });
  }

  /** What SIGKILL does: nothing is committed any more, and all lines are reset. */
  kill(links: readonly { cut(): void }[]): Promise<void> {
    this.#isDead = true;
    for (const link of links) link.cut();
    return this.server.close();
  }
}

/** A client that keeps its session. */
export interface WordClient {
  readonly state: SessionState<string>;
  readonly kept: KeptSession;
  readonly connections: Connection<NumberedKinds>[];
  readonly losses: SessionLoss[];
  readonly waits: string[];
  /** Frames that it sent, on any connection. */
  readonly sent: string[];
  readonly abort: AbortController;
}

/** Starts a client. */
export function wordClient(
  { network, clock, budget }: World,
  options: {
    readonly state?: SessionState<string>;
    readonly cookie?: (cookie: Secret) => void;
    readonly more?: Partial<KeepSessionOptions<NumberedKinds, string>>;
  } = {},
): WordClient {
  const state = options.state ?? new MemoryState<string>();
  const connections: Connection<NumberedKinds>[] = [];
  const losses: SessionLoss[] = [];
  const waits: string[] = [];
  const sent: string[] = [];
  const abort = new AbortController();
  const kept = keepSession<NumberedKinds, string>({
    service: numbered,
    dial: { ...ADDRESS, clientId: "ada", network, budget },
    clock,
    random: () => 0.5,
    signal: abort.signal,
    state,
    handlersFor: () => ({ ack: (sequence) => void state.acknowledged(Number(sequence)) }),
    send: (connection, outbox) => {
      const frame = `${outbox.peekSequence()} ${outbox.peek()}`;
      if (!connection.send(numbered.kinds.item, frame)) return "full";
      sent.push(frame);
      outbox.advance();
      return "sent";
    },
    onReady: (connection) => connections.push(connection),
    onLoss: (why) => {
      losses.push(why);
      return "renumber";
    },
    onWait: (_delayMs, { code }) => waits.push(code),
    ...options.more,
  });
  kept.done.catch(() => {});
  return { state, kept, connections, losses, waits, sent, abort };
}

/** A world with a store. */
export function wordWorld() {
  const world = memoryWorld();
  const store = new WordStore();
  return { world, store, clock: world.clock, network: world.network };
}

/** Lets everything happen that takes no time. */
export async function settleAll(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await settle();
}
