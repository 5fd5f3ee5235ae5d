/** The server of relay mode: gives seats to clients and their frames to the pairs. */
import type { Clock } from "../../clock/clock.ts";
import type { Connection } from "../../transport/connection.ts";
import type { FrameView } from "../../transport/frame_view.ts";
import { LineError } from "../../transport/line_error.ts";
import type { Handlers } from "../../transport/routes.ts";
import { MAX_UNCOMMITTED } from "../limits.ts";
import { readSay } from "../line_codec.ts";
import type { Notice, Reply } from "../messages.ts";
import type { ChatKinds } from "../protocol.ts";
import type { Member } from "../chat_host.ts";
import { Pace } from "../server/pace.ts";
import type { ChatSnapshot, ChatStore } from "../store/chat_store.ts";
import { answerCommand } from "./answer_command.ts";
import { parsePairEvent, type SeatIndex } from "./pair_event.ts";
import { foldEvents } from "./pair_state.ts";
import { type Holder, newHolder, type PairWorld } from "./pair_world.ts";
import { sendFrame } from "./relay_frame.ts";
import { listPairs } from "./relay_list.ts";
import { RelayPair } from "./relay_pair.ts";

/** Options of a {@linkcode RelayServer}. */
export interface RelayServerOptions {
  readonly clock: Clock;
  readonly store: ChatStore;
  /** What `store.load()` gave. */
  readonly snapshot: ChatSnapshot;
  /** Who a connection is, known since the handshake; or why it may not come in. */
  readonly sessionOf: (
    connection: Connection<ChatKinds>,
  ) => Pick<Member, "author" | "nick" | "identity"> | LineError;
  /** Name of the game that new games are; missing: messages are just relayed. */
  readonly game?: string | undefined;
  /** Time of each side for a whole game, in milliseconds. @default {unlimited} */
  readonly clockMs?: number | undefined;
  /** Commands per second that are taken of one client; 0: no limit. @default {10} */
  readonly pace?: number | undefined;
  /** What everybody shall read. */
  readonly motd?: string | undefined;
  /** Told when the store cannot keep what it should, once per call. */
  readonly onTrouble?: (error: unknown) => void;
}

const NO_ROOMS: ReadonlySet<string> = new Set();

/** Frames of a client that may wait for their commits before it is cut. */
const MAX_WAITING = MAX_UNCOMMITTED;

/** How a client says goodbye when its user has left; after others the seat is kept. */
const LEAVING_CODES: ReadonlySet<string> = new Set(["quit", "done", "fin"]);

/** A server of relays. Pairs that an earlier server has left go on: their seats are kept for 30 s. */
export class RelayServer implements Disposable {
  readonly #options: RelayServerOptions;
  readonly #world: PairWorld;
  readonly #pairs = new Map<number, RelayPair>();
  /** Pair and seat of each session that has one, or is about to. */
  readonly #seats = new Map<number, { readonly pair: RelayPair; readonly seat: SeatIndex }>();
  readonly #members = new Map<Connection<ChatKinds>, Member>();
  /** Work on pairs that have ended. */
  readonly #endings = new Set<Promise<void>>();
  #lastPair: number;
  #isLeaving = false;

  /** @throws {SyntaxError | RangeError} when the store holds a pair that cannot be */
  constructor(options: RelayServerOptions) {
    const { clock, store, snapshot, game, clockMs, onTrouble = () => {} } = options;
    this.#options = options;
    this.#lastPair = snapshot.lastPair;
    const startMs = Math.floor(clock.wallUs() / 1000);
    const startNs = clock.monotonicNs();
    this.#world = {
      clock,
      store,
      rules: { game, clockMs },
      nowMs: () => startMs + Math.floor((clock.monotonicNs() - startNs) / 1e6),
      onTrouble,
      onTurnedAway: (holder) => this.#turnedAway(holder),
      onVacant: (author) => void this.#seats.delete(author),
      onEnded: (pair) => this.#ended(pair),
    };
    for (const { pair, events } of snapshot.pairs) {
      const state = foldEvents(events.map(parsePairEvent));
      this.#restore(new RelayPair(pair, this.#world, state));
    }
  }

  /** How many are connected. */
  get size(): number {
    return this.#members.size;
  }

  /** Everybody who is connected. */
  *members(): Iterable<Member> {
    for (const member of this.#members.values()) if (member.connection.isOpen) yield member;
  }

  /** Takes a client in; its session must have been taken from an older connection before. */
  join(connection: Connection<ChatKinds>): Handlers<ChatKinds> {
    const { sessionOf, clock } = this.#options;
    const session = sessionOf(connection);
    if (session instanceof LineError) {
      connection.abort(session.code, session.message);
      return {};
    }
    const { author, identity } = session;
    const nick = session.nick === "" ? `guest-${author}` : session.nick;
    const sinceUs = clock.wallUs();
    const member = { connection, author, nick, identity, rooms: NO_ROOMS, sinceUs };
    this.#members.set(connection, member);
    this.#greet(connection, author, nick);
    this.#place(newHolder(author, nick, connection));
    connection.onGoodbye = ({ code }) => {
      if (LEAVING_CODES.has(code)) this.#fin(author, connection);
    };
    connection.closed.then(() => this.#left(author, connection));
    return this.#handlers(author, connection);
  }

  /** Pairs with their seats, as `!list` answers. */
  list(): Reply {
    return listPairs(this.#pairs.values(), this.#world.nowMs());
  }

  /** Tells one client something. */
  tell({ connection }: Member, notice: Notice): void {
    sendFrame(connection, { kind: "notice", value: notice });
  }

  /** Tells everybody who is connected. */
  tellAll(notice: Notice): void {
    for (const member of this.members()) this.tell(member, notice);
  }

  /** Ends a client's connection. The seat of somebody who is banned is free at once. */
  cut({ author, connection }: Member, code: `chat.${string}`, message: string): void {
    if (code === "chat.banned") this.#fin(author, connection);
    connection.abort(code, message);
  }

  /**
   * Takes nothing any more, waits until what was taken is stored and acknowledged, and sends EXIT to
   * all. Then connections can be closed; their seats are kept for 30 s after the next start.
   */
  async exit(reason: string): Promise<void> {
    this.#isLeaving = true;
    await this.settled();
    for (const { connection } of this.members()) {
      sendFrame(connection, { kind: "exit", value: { reason } });
    }
    this[Symbol.dispose]();
  }

  /** Resolves when nothing waits for its commit. */
  async settled(): Promise<void> {
    for (let before = -1; before !== this.#pairs.size + this.#endings.size;) {
      before = this.#pairs.size + this.#endings.size;
      await Promise.all([...this.#endings, ...this.#pairs.values().map((pair) => pair.settled())]);
    }
  }

  /** Stops all timers; nothing is written any more. */
  [Symbol.dispose](): void {
    this.#isLeaving = true;
    for (const pair of this.#pairs.values()) pair[Symbol.dispose]();
  }

  #restore(pair: RelayPair): void {
    this.#pairs.set(pair.pair, pair);
    for (const seat of [0, 1] as const) {
      const holder = pair.holders[seat];
      if (holder !== undefined) this.#seats.set(holder.author, { pair, seat });
    }
  }

  #greet(connection: Connection<ChatKinds>, author: number, nick: string): void {
    const { clock, snapshot: { storeId }, motd } = this.#options;
    const value = {
      author,
      nick,
      isOperator: false,
      mode: "relay" as const,
      storeId,
      inboxLast: 0,
      nowUs: clock.wallUs(),
      maxFileBytes: 0,
      ...(motd !== undefined && { motd }),
    };
    sendFrame(connection, { kind: "you", value });
  }

  /** Its own seat, else the lowest free one beside somebody, else the first of a new pair. */
  #place(holder: Holder): void {
    const own = this.#seats.get(holder.author);
    if (own !== undefined) {
      const kept = own.pair.holders[own.seat];
      if (kept !== undefined) {
        kept.connection = holder.connection;
        kept.isGreeted = false;
        own.pair.reconcile();
        return;
      }
    }
    const pair = this.#pairWithPlace() ?? this.#newPair();
    const seat = pair.freeSeat ?? 0;
    this.#seats.set(holder.author, { pair, seat });
    pair.sit(seat, holder);
  }

  /** Beside somebody who is connected, rather than beside somebody who may not come back. */
  #pairWithPlace(): RelayPair | undefined {
    const open = [...this.#pairs.values()].filter(({ freeSeat }) => freeSeat !== undefined)
      .sort((a, b) => a.pair - b.pair);
    return open.find(({ holders }) => holders.some((holder) => holder?.connection)) ?? open[0];
  }

  #newPair(): RelayPair {
    const pair = new RelayPair(++this.#lastPair, this.#world);
    this.#pairs.set(pair.pair, pair);
    return pair;
  }

  /** Two who play into each other's hands can take turns as fast as they like: hence the pace. */
  #handlers(author: number, connection: Connection<ChatKinds>): Handlers<ChatKinds> {
    let waiting = 0;
    let hasGivenUp = false;
    const tell = (code: string, message: string) =>
      sendFrame(connection, { kind: "notice", value: { code, message } });
    const { clock, pace: perSecond = 10 } = this.#options;
    const pace = new Pace({ clock, perSecond }, {
      onWaiting: () => tell("pace", "Too fast: what you send waits until it may go on"),
      onFlood: (count) => connection.abort("chat.flood", `Too fast: ${count} lines wait`),
    }, 0);
    connection.closed.then(() => pace.stop());
    const no = "This server plays relay: there are no rooms, and nobody changes their name";
    const notice = (code: string) => () => pace.run(() => tell(code, no));
    return {
      say: (view: FrameView) => {
        const say = readSay(view);
        const at = this.#seats.get(author);
        if (at === undefined || this.#isLeaving) return;
        if (++waiting > MAX_WAITING) {
          const message =
            `Too fast: sent ${waiting} lines without waiting for their acknowledgement`;
          return connection.abort("chat.flood", message);
        }
        pace.run(() => {
          at.pair.say(at.seat, author, connection, say).then(() => void waiting--);
        });
      },
      fin: () => pace.run(() => void (hasGivenUp ||= this.#fin(author, connection))),
      command: (text) =>
        pace.run(() => {
          const value = answerCommand(text, () => this.list());
          sendFrame(connection, { kind: "reply", value });
        }),
      join: notice("room-refused"),
      leave: () => {},
      history: notice("room-refused"),
      nick: notice("nick-refused"),
    };
  }

  /** @returns whether there is a seat to give up */
  #fin(author: number, connection: Connection<ChatKinds>): boolean {
    const at = this.#seats.get(author);
    const holder = at?.pair.holders[at.seat];
    if (at === undefined || this.#isLeaving || holder?.connection !== connection) return false;
    at.pair.fin(at.seat, author, connection);
    return true;
  }

  #left(author: number, connection: Connection<ChatKinds>): void {
    this.#members.delete(connection);
    const at = this.#seats.get(author);
    const holder = at?.pair.holders[at.seat];
    if (at === undefined || holder?.connection !== connection) return;
    holder.connection = undefined;
    holder.isGreeted = false;
    if (!this.#isLeaving) at.pair.reconcile();
  }

  #turnedAway({ author, nick, connection }: Holder): void {
    if (!connection?.isOpen || this.#isLeaving) return;
    this.#place(newHolder(author, nick, connection));
  }

  #ended(pair: RelayPair): void {
    this.#pairs.delete(pair.pair);
    const ending: Promise<void> = pair.settled().then(() => void this.#endings.delete(ending));
    this.#endings.add(ending);
  }
}
