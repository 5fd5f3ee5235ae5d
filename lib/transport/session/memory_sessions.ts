import type { Secret } from "../proofs.ts";
import type { SessionGate } from "../server_handshake.ts";

/** A session that {@linkcode MemorySessions} knows. */
interface Known {
  readonly cookie: Secret;
  highestSequence: bigint;
}

/**
 * Sessions in memory: for tests, and for services whose sessions need not outlive the server. When
 * there are too many, the one that was used least recently is forgotten.
 */
export class MemorySessions implements SessionGate {
  readonly #known = new Map<string, Known>();
  readonly #maxSessions: number;

  /** No sessions. @param maxSessions how many are kept at most */
  constructor(maxSessions = 100_000) {
    this.#maxSessions = maxSessions;
  }

  /** How many are kept now. */
  get size(): number {
    return this.#known.size;
  }

  find(session: string): ReturnType<SessionGate["find"]> {
    const known = this.#touch(session);
    return Promise.resolve(known && { ...known, cookie: known.cookie.slice() });
  }

  open(session: string, cookie: Secret): Promise<void> {
    this.#known.set(session, { cookie: cookie.slice(), highestSequence: 0n });
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= this.#maxSessions) break;
      this.#known.delete(oldest);
    }
    return Promise.resolve();
  }

  /** The highest sequence that was applied for a session; `undefined` when it is unknown. */
  highestSequence(session: string): bigint | undefined {
    return this.#known.get(session)?.highestSequence;
  }

  /**
   * Notes that a message is applied.
   *
   * @returns false when it is a repeat, or the session is unknown: it must not be applied
   */
  apply(session: string, sequence: bigint): boolean {
    const known = this.#touch(session);
    if (known === undefined || sequence <= known.highestSequence) return false;
    known.highestSequence = sequence;
    return true;
  }

  /** Forgets a session, as a store that was lost does. */
  forget(session: string): void {
    this.#known.delete(session);
  }

  /** Makes it the one that was used last. */
  #touch(session: string): Known | undefined {
    const known = this.#known.get(session);
    if (known === undefined) return undefined;
    this.#known.delete(session);
    this.#known.set(session, known);
    return known;
  }
}
