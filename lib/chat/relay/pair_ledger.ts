import type { Destination, Posted } from "../store/chat_store.ts";
import { decide, type PairCommand } from "./pair.ts";
import type { PairEvent } from "./pair_event.ts";
import { applyEvent, type PairState } from "./pair_state.ts";
import type { PairWorld } from "./pair_world.ts";

/** When a write that failed is tried again, in milliseconds. */
const RETRY_MS = 1000;

/** A message and who says it. */
interface Said {
  readonly author: number;
  readonly nick: string;
  readonly sequence: number;
  readonly text: string;
}

/** The events of a pair and the state that follows from them; the state changes after commits only. */
export class PairLedger {
  readonly #pair: number;
  readonly #world: PairWorld;
  readonly #onEvents: (before: PairState, events: readonly PairEvent[]) => void;
  #state: PairState;
  #retryMs: number | undefined;

  /** @param onEvents told what has happened, after its commit */
  constructor(
    pair: number,
    world: PairWorld,
    state: PairState,
    onEvents: (before: PairState, events: readonly PairEvent[]) => void,
  ) {
    this.#pair = pair;
    this.#world = world;
    this.#state = state;
    this.#onEvents = onEvents;
  }

  /** What is stored. */
  get state(): PairState {
    return this.#state;
  }

  /** When the store is to be tried again that took nothing the last time. */
  get retryMs(): number | undefined {
    return this.#retryMs;
  }

  /**
   * Stores what a command leads to; one that has no place is passed over.
   *
   * @returns false when the store takes nothing: all is as before
   */
  async commit(command: PairCommand): Promise<boolean> {
    const { store, nowMs, rules } = this.#world;
    const { events, refused } = decide(this.#state, command, nowMs(), rules);
    if (refused !== undefined) return true;
    const isStored = await this.#write(() => store.appendRelay(this.#pair, texts(events)));
    if (isStored === undefined) return false;
    this.#happened(events);
    return true;
  }

  /**
   * Stores a message with its events, or that it was refused.
   *
   * @param events `undefined` when it was refused
   * @returns whether it is new; `undefined` when the store takes nothing: all is as before
   */
  async post(said: Said, events: readonly PairEvent[] | undefined): Promise<boolean | undefined> {
    const { store, clock } = this.#world;
    const to: Destination = events === undefined
      ? { kind: "nowhere" }
      : { kind: "relay", pair: this.#pair, events: texts(events) };
    const post = { ...said, timeUs: clock.wallUs(), to };
    const posted = await this.#write<readonly Posted[]>(() => store.append([post]));
    if (posted === undefined) return undefined;
    if (posted[0]?.kind === "repeated") return false;
    if (events !== undefined) this.#happened(events);
    return true;
  }

  #happened(events: readonly PairEvent[]): void {
    const before = this.#state;
    this.#state = events.reduce(applyEvent, before);
    this.#onEvents(before, events);
  }

  async #write<T>(write: () => Promise<T>): Promise<T | undefined> {
    try {
      const written = await write();
      this.#retryMs = undefined;
      return written;
    } catch (error) {
      this.#retryMs = this.#world.nowMs() + RETRY_MS;
      this.#world.onTrouble(error);
      return undefined;
    }
  }
}

function texts(events: readonly PairEvent[]): string[] {
  return events.map((event) => JSON.stringify(event));
}
