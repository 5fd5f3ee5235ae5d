/** What is true of two clocks: how far one was off from the other at any moment of a simulation. */
import type { ClockPiece, SimClock } from "../core/sim_clock.ts";

/** A clock that is set by less may go unseen (`docs/collect.md`), in microseconds. */
const UNSEEN_STEP_US = 20_000;

/** One that is set by hand, or that others look at, may be read that much too early or late. */
const READING_US = 1;

/** What is said of a client's clock, by whomever. Times in microseconds. */
export interface Claim {
  readonly atUs: number;
  readonly offsetUs: number;
  readonly boundUs: number;
}

/** The clocks of a client and of the server. */
export class ClockTruth {
  readonly #client: SimClock;
  readonly #server: SimClock;
  readonly #seen: ReadonlySet<ClockPiece>;

  /**
   * @param seen the pieces of the server's clock that its process has looked at: of two steps between
   *   two looks nobody can see but the sum
   */
  constructor(client: SimClock, server: SimClock, seen: ReadonlySet<ClockPiece>) {
    this.#client = client;
    this.#server = server;
    this.#seen = seen;
  }

  /** What the server's clock showed at a moment, or would have shown as far as it can know. */
  serverUs(nowNs: number): readonly number[] {
    const { pieces } = this.#server;
    const at = pieceAt(pieces, nowNs);
    const piece = pieces[at] as ClockPiece;
    if (this.#seen.has(piece)) return [shownBy(piece, nowNs)];
    const before = pieces.slice(0, at).findLast((one) => this.#seen.has(one));
    const after = pieces.slice(at).find((one) => this.#seen.has(one));
    return [before, piece, after].filter((one) => one !== undefined)
      .map((one) => shownBy(one, nowNs));
  }

  /**
   * By how much a claim is wrong, in microseconds: 0 when the truth is within its bound, at any of
   * the moments at which the client's clock showed that time.
   */
  errorOf({ atUs, offsetUs, boundUs }: Claim): number {
    let least = Infinity;
    for (const { nowNs, isLast } of this.#momentsOf(atUs)) {
      const farUs = this.serverUs(nowNs).map((us) => Math.abs(us - atUs - offsetUs));
      const outside = Math.min(...farUs) - boundUs - READING_US - this.#unpromised(nowNs);
      least = Math.min(least, Math.max(0, outside));
      if (isLast && least === 0) break;
    }
    return least;
  }

  /** The truth at those moments, for messages. */
  offsetsAt(atUs: number): readonly number[] {
    return this.#momentsOf(atUs).flatMap(({ nowNs }) =>
      this.serverUs(nowNs).map((us) => Math.round(us - atUs))
    );
  }

  /** By how much a bound may be wrong, for a clock changed its rate or was set by very little. */
  unpromisedUs(nowNs: number): number {
    return this.#unpromised(nowNs);
  }

  /**
   * The same for what is said of a clock now: it may have been set since, and nobody has heard of it
   * yet. So the clock is taken as it would have gone on. And "now" on that clock is known within the
   * bound: the server's may have been set so little earlier or later.
   */
  errorNow({ atUs, offsetUs, boundUs }: Claim): number {
    const errors = this.#client.pieces.map((piece) => {
      const nowNs = piece.fromNs + (atUs - piece.wallUs) * 1000 / piece.rate;
      if (nowNs < piece.fromNs - 2000) return Infinity;
      const shownUs = [...this.serverUs(nowNs), ...this.#serverAboutUs(nowNs, boundUs)];
      const farUs = shownUs.map((us) => Math.abs(us - atUs - offsetUs));
      return Math.min(...farUs) - boundUs - READING_US - this.#unpromised(nowNs);
    });
    return Math.min(this.errorOf({ atUs, offsetUs, boundUs }), Math.max(0, Math.min(...errors)));
  }

  /** What the server's clock would have shown, as it went at the moments around. */
  #serverAboutUs(nowNs: number, aboutUs: number): readonly number[] {
    const { pieces } = this.#server;
    const [from, to] = [-1, 1].map((sign) => pieceAt(pieces, nowNs + sign * aboutUs * 1000));
    return pieces.slice(from, (to ?? 0) + 1).map((piece) => shownBy(piece, nowNs));
  }

  #momentsOf(atUs: number): { readonly nowNs: number; readonly isLast: boolean }[] {
    const { pieces } = this.#client;
    const moments = [];
    for (const [at, piece] of pieces.entries()) {
      const nowNs = piece.fromNs + (atUs - piece.wallUs) * 1000 / piece.rate;
      const endNs = pieces[at + 1]?.fromNs ?? Infinity;
      const isLast = at === pieces.length - 1;
      if (nowNs >= piece.fromNs - 2000 && nowNs <= endNs + 2000) moments.push({ nowNs, isLast });
    }
    return moments;
  }

  #unpromised(nowNs: number): number {
    let sumUs = 0;
    for (const { pieces } of [this.#client, this.#server]) {
      for (let at = 1; at < pieces.length; at++) {
        const [before, piece] = [pieces[at - 1] as ClockPiece, pieces[at] as ClockPiece];
        sumUs += Math.abs(piece.rate - before.rate) * Math.abs(nowNs - piece.fromNs) / 1000;
        const stepUs = Math.abs(piece.wallUs - shownBy(before, piece.fromNs));
        if (stepUs < UNSEEN_STEP_US) sumUs += stepUs;
      }
    }
    return sumUs;
  }
}

function shownBy({ wallUs, fromNs, rate }: ClockPiece, nowNs: number): number {
  return wallUs + (nowNs - fromNs) * rate / 1000;
}

function pieceAt(pieces: readonly ClockPiece[], nowNs: number): number {
  return Math.max(0, pieces.findLastIndex(({ fromNs }) => fromNs <= nowNs));
}
