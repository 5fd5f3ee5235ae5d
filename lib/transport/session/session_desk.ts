import type { Connection } from "../connection.ts";
import { LineErrorCode } from "../line_error.ts";
import type { Kinds } from "../service.ts";

/** A connection's hold on its session. */
export interface Seat<K extends Kinds> {
  /** Id of the session. */
  readonly session: string;
  /** Who sits on it. */
  readonly connection: Connection<K>;
  /** False from the moment at which another connection has taken the session over. */
  readonly isCurrent: boolean;
  /** Resolves when the work that earlier seats of the session had begun is over. */
  readonly before: Promise<void>;
  /** Notes work that was begun for the session, such as a commit, and goes on after the connection. */
  track(work: Promise<unknown>): void;
}

/** Options of a {@linkcode SessionDesk}. */
export interface SessionDeskOptions<K extends Kinds> {
  /**
   * Told when a session has nobody any more: its connection is closed, no other has taken it over,
   * and the work that was begun for it is over.
   */
  readonly onVacant?: (seat: Seat<K>) => void;
}

class DeskSeat<K extends Kinds> implements Seat<K> {
  readonly session: string;
  readonly before: Promise<void>;
  isCurrent = true;
  readonly #works = new Set<Promise<void>>();

  constructor(readonly connection: Connection<K>, earlier: DeskSeat<K> | undefined) {
    this.session = connection.terms.session;
    this.before = earlier?.over() ?? Promise.resolve();
    this.track(this.before); // what it began is not over before what was begun earlier
  }

  track(work: Promise<unknown>): void {
    const kept: Promise<void> = work.then(() => {}, () => {})
      .then(() => void this.#works.delete(kept));
    this.#works.add(kept);
  }

  /** Resolves when nothing is tracked any more. */
  async over(): Promise<void> {
    while (this.#works.size > 0) await Promise.all(this.#works);
  }
}

/**
 * A server's knowledge of which connection holds which session. When a connection comes for a
 * session that another one holds, the older one gets ERROR `taken-over` and is closed; from then on
 * none of its frames is handled. What it had begun is not undone: see {@linkcode Seat.before}.
 */
export class SessionDesk<K extends Kinds> {
  readonly #seats = new Map<string, DeskSeat<K>>();
  readonly #onVacant: ((seat: Seat<K>) => void) | undefined;

  /** A desk without anybody. */
  constructor(options: SessionDeskOptions<K> = {}) {
    this.#onVacant = options.onVacant;
  }

  /** Sessions that have a connection, or work that goes on. */
  get size(): number {
    return this.#seats.size;
  }

  /** Who holds a session now. */
  holder(session: string): Seat<K> | undefined {
    return this.#seats.get(session);
  }

  /**
   * Gives `connection` its session, and takes it from whoever had it. For the function that gives
   * `listen` the handlers, before anything else.
   */
  seat(connection: Connection<K>): Seat<K> {
    const { session } = connection.terms;
    const earlier = this.#seats.get(session);
    const seat = new DeskSeat(connection, earlier);
    this.#seats.set(session, seat);
    if (earlier !== undefined) {
      earlier.isCurrent = false;
      earlier.connection.abort(
        LineErrorCode.TakenOver,
        "Another connection has proved this session's cookie and taken it over",
      );
    }
    connection.closed.then(() => this.#leave(seat));
    return seat;
  }

  async #leave(seat: DeskSeat<K>): Promise<void> {
    await seat.over();
    if (this.#seats.get(seat.session) !== seat) return;
    this.#seats.delete(seat.session);
    this.#onVacant?.(seat);
  }
}
