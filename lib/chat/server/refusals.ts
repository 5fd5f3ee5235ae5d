import type { Clock } from "../../clock/clock.ts";
import { MAX_UNCOMMITTED } from "../limits.ts";

/** Refusals that are remembered, of all sessions. */
const MAX_ALL = 16_384;

/** On a connection that was open for so long afterwards a refusal has arrived, in milliseconds. */
const ARRIVED_MS = 60_000;

/** What REFUSED says. */
export interface Refusal {
  readonly sequence: number;
  readonly code: string;
  readonly message: string;
}

interface Remembered {
  readonly refusal: Refusal;
  /** When it was said on the present connection; `undefined`: not on this one. */
  saidNs: number | undefined;
}

/**
 * Refusals that may not have arrived, because the line was lost meanwhile: they are said again when the
 * session is back, or it would read of nothing but the acknowledgement. They end with the process.
 */
export class Refusals {
  readonly #clock: Clock;
  /** By author, whoever was refused last at the end. */
  readonly #of = new Map<number, Remembered[]>();
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#count;
  }

  /** Remembers one. @param isSaid on the connection that the session has now */
  add(author: number, refusal: Refusal, isSaid: boolean): void {
    const saidNs = isSaid ? this.#clock.monotonicNs() : undefined;
    const open = this.#open(author);
    this.#set(author, [...open.slice(1 - MAX_UNCOMMITTED), { refusal, saidNs }]);
    for (const [oldest] of this.#of) {
      if (this.#count <= MAX_ALL) break;
      this.#set(oldest, []);
    }
  }

  /** The session has a new connection. @returns what is to be said on it, in order */
  again(author: number): readonly Refusal[] {
    const open = this.#open(author);
    this.#set(author, open);
    const nowNs = this.#clock.monotonicNs();
    for (const each of open) each.saidNs = nowNs;
    return open.map(({ refusal }) => refusal);
  }

  /**
   * The connection of a session is over: what was said on it last may not have been read, also by who
   * said goodbye, since that may have crossed it.
   */
  lost(author: number): void {
    const open = this.#open(author);
    this.#set(author, open);
    for (const each of open) each.saidNs = undefined;
  }

  #open(author: number): readonly Remembered[] {
    const sinceNs = this.#clock.monotonicNs() - ARRIVED_MS * 1e6;
    const all = this.#of.get(author) ?? [];
    return all.filter(({ saidNs }) => saidNs === undefined || saidNs >= sinceNs);
  }

  #set(author: number, all: readonly Remembered[]): void {
    this.#count += all.length - (this.#of.get(author)?.length ?? 0);
    this.#of.delete(author);
    if (all.length > 0) this.#of.set(author, [...all]);
  }
}
