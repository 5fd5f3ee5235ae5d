/**
 * A pair that is served: its connections, timers and writes around the pure rules.
 *
 * What is done to a pair is done one after the other; each step decides by the committed state,
 * waits for its commit, then tells. So nothing is told before it is stored, and a write that fails
 * leaves nothing to undo. Besides messages, everything is a difference between what is there
 * (connections, the time) and what the state says; `#reconcile` finds such differences and writes
 * the events that end them, now or, when the store takes nothing, a second later.
 *
 * Longer than 300 lines: each step needs the state, the seats and the connections alike.
 */
import type { Timer } from "../../clock/clock.ts";
import type { Connection } from "../../transport/connection.ts";
import { LineErrorCode } from "../../transport/line_error.ts";
import type { Say } from "../line_codec.ts";
import type { ChatKinds } from "../protocol.ts";
import { decideSay, FLAGGED, isFlagged } from "./decide_say.ts";
import { KEPT_MS, type PairCommand } from "./pair.ts";
import { PairLedger } from "./pair_ledger.ts";
import type { PairEvent, SeatIndex } from "./pair_event.ts";
import { emptyPair, flagDueMs, isEnded, type PairState } from "./pair_state.ts";
import { eventDueMs, stallDueMs } from "./pair_due.ts";
import { type Holder, newHolder, type PairWorld } from "./pair_world.ts";
import { sendFrame } from "./relay_frame.ts";
import { sendAck } from "./send_ack.ts";
import { greeting, stalledTellings, type Telling, tellings, type ToldPair } from "./tellings.ts";

const COME_BACK =
  "The server cannot store that now: come back, what was not acknowledged is sent again";

/** A pair that is served. */
export class RelayPair implements Disposable {
  /** Pair k has the seats 2k - 1 and 2k. */
  readonly pair: number;
  readonly #world: PairWorld;
  readonly #holders: [Holder | undefined, Holder | undefined] = [undefined, undefined];
  readonly #ledger: PairLedger;
  /** Connections of which a message was not stored: what they sent after it is not taken. */
  readonly #cut = new WeakSet<Connection<ChatKinds>>();
  #wantsRestart: boolean;
  #work: Promise<void> = Promise.resolve();
  #timer: Timer | undefined;
  #isOver = false;
  /** Beginning of the turn that was called stalled. */
  #stalledSinceMs = -1;

  /** @param state what an earlier server has left: everybody's line is lost then */
  constructor(pair: number, world: PairWorld, state: PairState = emptyPair) {
    this.pair = pair;
    this.#world = world;
    this.#ledger = new PairLedger(pair, world, state, (before, events) => {
      this.#onEvents(before, events);
    });
    this.#wantsRestart = state !== emptyPair;
    for (const seat of [0, 1] as const) {
      const { author, nick, presence } = state.seats[seat];
      if (presence !== "free") this.#holders[seat] = newHolder(author, nick);
    }
    if (this.#wantsRestart) this.reconcile();
  }

  /** What is stored of the pair. */
  get state(): PairState {
    return this.#ledger.state;
  }

  /** Who holds the seats, or is about to. */
  get holders(): readonly [Holder | undefined, Holder | undefined] {
    return this.#holders;
  }

  /** The lowest seat that nobody holds. */
  get freeSeat(): SeatIndex | undefined {
    if (this.#isOver || isEnded(this.state)) return undefined;
    if (this.#holders[0] === undefined) return 0;
    return this.#holders[1] === undefined ? 1 : undefined;
  }

  /** Resolves when what was begun is done. */
  async settled(): Promise<void> {
    for (let work; work !== this.#work;) await (work = this.#work);
  }

  /** Gives a free seat to somebody. */
  sit(seat: SeatIndex, holder: Holder): void {
    this.#holders[seat] = holder;
    this.reconcile();
  }

  /** Takes a message that came on a connection of the session that holds the seat. */
  say(
    seat: SeatIndex,
    author: number,
    connection: Connection<ChatKinds>,
    say: Say,
  ): Promise<void> {
    return this.#do(async () => {
      const holder = this.#isOver ? undefined : this.#holders[seat];
      if (holder?.author !== author) return this.#drop(connection);
      await this.#say(seat, holder, connection, say);
    });
  }

  /** Takes a FIN of the session that holds the seat, after its messages. */
  fin(seat: SeatIndex, author: number, connection: Connection<ChatKinds>): Promise<void> {
    return this.#do(async () => {
      const holder = this.#holders[seat];
      if (this.#isOver || holder?.author !== author || this.#cut.has(connection)) return;
      holder.finOn = connection;
      await this.#reconcile();
    });
  }

  /** Writes what has changed. */
  reconcile(): Promise<void> {
    return this.#do(() => this.#reconcile());
  }

  /** Does nothing any more. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }

  #do(step: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(async () => {
      await step();
      this.#arm();
    }).catch(this.#world.onTrouble);
    return this.#work;
  }

  async #reconcile(): Promise<void> {
    if (this.#isOver) return;
    if (this.#wantsRestart && !await this.#ledger.commit({ type: "restart" })) return;
    this.#wantsRestart = false;
    if (!await this.#dropFlag()) return;
    for (const seat of [0, 1] as const) {
      if (!await this.#reconcileSeat(seat)) return;
    }
    if (isEnded(this.state)) await this.#end();
  }

  /** @returns false when the store takes nothing */
  async #dropFlag(): Promise<boolean> {
    const { nowMs } = this.#world;
    if ((flagDueMs(this.state) ?? Infinity) > nowMs()) return true;
    return await this.#ledger.commit({ type: "flag" });
  }

  /** @returns false when the store takes nothing */
  async #reconcileSeat(seat: SeatIndex): Promise<boolean> {
    const holder = this.#holders[seat];
    if (holder === undefined) return true;
    const { author, nick, connection } = holder;
    if (this.state.seats[seat].presence === "free") {
      if (connection === undefined || isEnded(this.state)) return this.#turnAway(seat, holder);
      if (!await this.#commitOrCut({ type: "sit", seat, author, nick })) return false;
    }
    if (holder.finOn !== undefined) return await this.#leave(seat, holder, "fin");
    const { presence, sinceMs } = this.state.seats[seat];
    if (holder.connection === undefined) {
      if (presence === "here") return await this.#ledger.commit({ type: "lose", seat });
      const isOver = this.#world.nowMs() >= sinceMs + KEPT_MS;
      return isOver ? await this.#leave(seat, holder, "gone") : true;
    }
    if (presence === "lost" && !await this.#commitOrCut({ type: "return", seat })) return false;
    if (!holder.isGreeted && holder.connection !== undefined) {
      holder.isGreeted = true;
      this.#tell(greeting(this.state, seat, this.#told()));
    }
    return true;
  }

  async #leave(seat: SeatIndex, holder: Holder, why: "fin" | "gone"): Promise<boolean> {
    if (!await this.#ledger.commit({ type: "leave", seat, why })) return false;
    return this.#turnAway(seat, holder);
  }

  /** The seat is not, or no longer, somebody's. Who came back just then shall have another one. */
  #turnAway(seat: SeatIndex, holder: Holder): true {
    this.#holders[seat] = undefined;
    this.#world.onVacant(holder.author);
    const { connection, finOn } = holder;
    if (connection === undefined) return true;
    if (connection === finOn) connection.close({ code: "fin", message: "The seat is free" });
    else this.#world.onTurnedAway(holder);
    return true;
  }

  /** The pair has ended; that it has is in its events, so that this can fail and be done later. */
  async #end(): Promise<void> {
    for (const seat of [0, 1] as const) {
      const holder = this.#holders[seat];
      if (holder !== undefined) this.#turnAway(seat, holder);
    }
    this[Symbol.dispose]();
    this.#world.onEnded(this);
    await this.#world.store.endPair(this.pair);
  }

  async #say(
    seat: SeatIndex,
    { author, nick }: Holder,
    connection: Connection<ChatKinds>,
    say: Say,
  ): Promise<void> {
    if (!await this.#isSeated(seat, connection)) return this.#drop(connection);
    const { nowMs, rules } = this.#world;
    const isLate = isFlagged(this.state, seat, nowMs());
    if (!await this.#dropFlag()) return this.#drop(connection);
    const { events, refused } = isLate ? FLAGGED : decideSay(this.state, seat, say, nowMs(), rules);
    const { sequence, text } = say;
    const isNew = await this.#ledger.post(
      { author, nick, sequence, text },
      refused === undefined ? events : undefined,
    );
    if (isNew === undefined) {
      this.#cutBoth();
      return this.#drop(connection);
    }
    if (isNew && refused !== undefined) {
      sendFrame(connection, { kind: "refused", value: { sequence, ...refused } });
    }
    sendAck(connection, sequence);
  }

  /** A line that is lost meanwhile takes nothing back of what had come on it. */
  async #isSeated(seat: SeatIndex, connection: Connection<ChatKinds>): Promise<boolean> {
    if (this.#cut.has(connection)) return false;
    const isHere = () => !this.#wantsRestart && this.state.seats[seat].presence === "here";
    if (isHere()) return true;
    if (this.#holders[seat]?.connection === connection) await this.#reconcile();
    return isHere();
  }

  /**
   * A message is not stored. Nothing that came after it on its connection may be: the session would
   * be ahead of what it lacks. So the client has to come back and send it again.
   */
  #drop(connection: Connection<ChatKinds>): void {
    this.#cut.add(connection);
    if (connection.isOpen) connection.abort(LineErrorCode.Overloaded, COME_BACK);
  }

  /** For what a client waits for: when it cannot be, both come back to what is stored. */
  async #commitOrCut(command: PairCommand): Promise<boolean> {
    const isDone = await this.#ledger.commit(command);
    if (!isDone) this.#cutBoth();
    return isDone;
  }

  #cutBoth(): void {
    for (const holder of this.#holders) {
      const connection = holder?.connection;
      if (holder === undefined || connection === undefined) continue;
      holder.connection = undefined;
      holder.isGreeted = false;
      this.#drop(connection);
    }
  }

  #onEvents(before: PairState, events: readonly PairEvent[]): void {
    for (const event of events) {
      const isGreeting = event.type === "seated" || event.type === "back";
      const holder = isGreeting ? this.#holders[event.seat] : undefined;
      if (holder !== undefined) holder.isGreeted = true;
    }
    this.#tell(tellings(before, events, this.#told()));
  }

  #told(): ToldPair {
    const { nowMs, rules: { game } } = this.#world;
    return { pair: this.pair, nowMs: nowMs(), game };
  }

  #tell(list: readonly Telling[]): void {
    for (const { seat, frame } of list) {
      const holder = this.#holders[seat];
      if (holder?.connection !== undefined && holder.isGreeted) {
        sendFrame(holder.connection, frame);
      }
    }
  }

  /** Looks again when the next thing is due by time alone. */
  #arm(): void {
    this.#timer?.cancel();
    const stallMs = this.#stallMs();
    const dueMs = this.#ledger.retryMs ?? Math.min(eventDueMs(this.state), stallMs);
    if (this.#isOver || dueMs === Infinity) return;
    const { clock, nowMs } = this.#world;
    this.#timer = clock.after(Math.max(1, dueMs - nowMs()), () => {
      if (this.#stallMs() <= nowMs()) this.#tellStalled();
      this.reconcile();
    });
  }

  /** When the emitter will be called stalled: once a turn. */
  #stallMs(): number {
    const isTold = this.#stalledSinceMs === this.state.turnSinceMs;
    return isTold ? Infinity : stallDueMs(this.state);
  }

  #tellStalled(): void {
    this.#stalledSinceMs = this.state.turnSinceMs;
    this.#tell(stalledTellings(this.state, this.pair));
  }
}
