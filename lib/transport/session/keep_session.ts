import type { CloseReport } from "../close_report.ts";
import type { Connection } from "../connection.ts";
import { type DialOptions, dialSession } from "../dial.ts";
import { LineError, LineErrorCode } from "../line_error.ts";
import { keepConnected, type ReconnectOptions } from "../reconnect.ts";
import type { Handlers } from "../routes.ts";
import type { Kinds, Lane, Service } from "../service.ts";
import type { Outbox } from "./outbox.ts";
import type { CarryOver, SessionState } from "./session_state.ts";

/**
 * Why a session cannot go on. `bad-session`: the server does not know it, or not with this cookie.
 * `not-resumed`: the server keeps none. `behind`: the server has more than was ever sent from here.
 */
export type SessionLoss = "bad-session" | "not-resumed" | "behind";

/**
 * How sending went. `sent`: the cursor of the outbox has moved. `full`: the lane has no room.
 * `pause`: nothing more until {@linkcode KeptSession.wake}.
 */
export type SendResult = "sent" | "full" | "pause";

/** Options of {@linkcode keepSession}. */
export interface KeepSessionOptions<K extends Kinds, T> extends Omit<ReconnectOptions<K>, "dial"> {
  /** The service to speak. */
  readonly service: Service<K>;
  /** Where to and as whom. Clock and signal are those of the other options. */
  readonly dial: Omit<DialOptions, "session" | "signal" | "clock">;
  /** What is kept. */
  readonly state: SessionState<T>;
  /** Gives the handlers of each connection; those of acknowledgements call `state.acknowledged`. */
  readonly handlersFor: (connection: Connection<K>) => Handlers<K>;
  /**
   * Sends one frame with the entries after the cursor, or some of them, and moves the cursor.
   * Called when there are some, after the state has kept the session.
   */
  readonly send: (connection: Connection<K>, outbox: Outbox<T>) => SendResult;
  /** Lane of these frames. @default {"normal"} */
  readonly lane?: Lane;
  /** What becomes of unacknowledged entries of a session that is lost. @default {renumber them} */
  readonly onLoss?: (why: SessionLoss) => CarryOver;
  /** Told when a connection is ready, before the first entry is sent on it. */
  readonly onReady?: (connection: Connection<K>) => void;
}

/** A session that is kept. */
export interface KeptSession {
  /** As {@linkcode keepConnected}: how it ended for good, `taken-over` for one. */
  readonly done: Promise<CloseReport>;
  /** Ends a `pause`. */
  wake(): void;
}

/**
 * Keeps a session through lost connections: connects as {@linkcode keepConnected} does, resumes the
 * session, forgets what the server has, and sends the rest again, unchanged and in order. Where the
 * session cannot go on it opens a new one. After `taken-over` it stays away.
 *
 * Rejects as `keepConnected` does, and with whatever `state.begin`, `send`, `onReady` or `onLoss` throw.
 */
export function keepSession<K extends Kinds, T>(options: KeepSessionOptions<K, T>): KeptSession {
  return new Keeper(options);
}

class Keeper<K extends Kinds, T> implements KeptSession {
  readonly done: Promise<CloseReport>;
  readonly #options: KeepSessionOptions<K, T>;
  #connection: Connection<K> | undefined;
  /** The connection whose lane is full. */
  #waiting: Connection<K> | undefined;
  #isAwake = false;
  #loss: SessionLoss | undefined;
  /** There was a session before the next one. */
  #hadSession: boolean;
  /** What the service threw while it sent: it ends everything. */
  #defect: { readonly error: unknown } | undefined;

  constructor(options: KeepSessionOptions<K, T>) {
    this.#options = options;
    this.#hadSession = options.state.session !== undefined;
    const onSendable = () => this.wake();
    options.state.onSendable = onSendable;
    this.done = keepConnected({ ...options, dial: () => this.#connect() }).then((report) => {
      if (this.#defect !== undefined) throw this.#defect.error;
      return report;
    }).finally(() => {
      this.#connection = undefined;
      if (options.state.onSendable === onSendable) options.state.onSendable = undefined;
    });
  }

  wake(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    // Entries that are added in one turn can travel in one frame.
    queueMicrotask(() => {
      this.#isAwake = false;
      this.#send();
    });
  }

  async #connect(): Promise<Connection<K>> {
    for (;;) {
      const connection = await this.#dial();
      if (connection === undefined) continue;
      try {
        this.#options.onReady?.(connection);
      } catch (error) {
        connection.abort(LineErrorCode.Internal, "The service failed");
        throw error;
      }
      this.#connection = connection;
      this.wake();
      return connection;
    }
  }

  /** Connects once; `undefined` when it must be tried again at once, without the session. */
  async #dial(): Promise<Connection<K> | undefined> {
    const { service, dial, state, handlersFor, signal, clock } = this.#options;
    const asked = this.#loss === undefined ? state.session : undefined;
    const how = { ...dial, session: asked, signal, ...(clock && { clock }) };
    let isBehind = false;
    const dialled = await dialSession(service, how, (connection) => {
      const { resumed, highestSequence } = connection.terms;
      // Before any handler: acknowledgements of what was committed meanwhile may follow at once.
      isBehind = resumed && !state.outbox.resumeFrom(highestSequence);
      return isBehind ? {} : handlersFor(connection);
    }).catch((error) => {
      if (asked === undefined || !isBadSession(error)) throw error;
      this.#loss = "bad-session";
    });
    if (dialled === undefined) return undefined;
    const { connection, cookie } = dialled;
    if (isBehind) {
      this.#loss = "behind";
      await connection.close();
      return undefined;
    }
    if (connection.terms.resumed) return connection;
    await this.#begin(connection, cookie && { id: connection.terms.session, cookie });
    return connection;
  }

  /** The old session stays kept until a server that has proved itself has opened another. */
  async #begin(connection: Connection<K>, session: SessionState<T>["session"]): Promise<void> {
    const { state, onLoss } = this.#options;
    const loss = this.#loss ?? (this.#hadSession ? "not-resumed" : undefined);
    try {
      await state.begin(session, loss === undefined ? "renumber" : onLoss?.(loss) ?? "renumber");
      this.#loss = undefined;
      this.#hadSession = true;
    } catch (error) {
      connection.abort(LineErrorCode.Internal, "Cannot keep the session");
      throw error;
    }
  }

  #send(): void {
    const { state: { outbox }, send, lane } = this.#options;
    const connection = this.#connection;
    if (connection === undefined || connection === this.#waiting) return;
    try {
      while (connection.isOpen && outbox.unsent > 0) {
        const before = outbox.unsent;
        const result = send(connection, outbox);
        if (result === "full") return this.#waitForRoom(connection, lane);
        if (result === "pause") return;
        if (outbox.unsent >= before) throw new RangeError("Cannot go on: send() moved no cursor");
      }
    } catch (error) {
      this.#defect ??= { error };
      connection.close({ code: "failed", message: "The service failed" });
    }
  }

  #waitForRoom(connection: Connection<K>, lane: Lane = "normal"): void {
    this.#waiting = connection;
    connection.writable(lane).then(() => {
      if (this.#waiting === connection) this.#waiting = undefined;
      this.#send();
    });
  }
}

function isBadSession(error: unknown): boolean {
  return error instanceof LineError && error.code === LineErrorCode.BadSession &&
    error.origin === "peer";
}
