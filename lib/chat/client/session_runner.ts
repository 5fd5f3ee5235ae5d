/** Keeps the session of a client: when to try again, when to give up, and how to become another session. */
import type { Clock, Timer } from "../../clock/clock.ts";
import { sleep } from "../../clock/sleep.ts";
import { backoffMs } from "../../transport/backoff.ts";
import type { CloseReport } from "../../transport/close_report.ts";
import type { Connection } from "../../transport/connection.ts";
import { type DialOptions, dialSession } from "../../transport/dial.ts";
import { LineError, LineErrorCode } from "../../transport/line_error.ts";
import type { Handlers } from "../../transport/routes.ts";
import {
  keepSession,
  type KeptSession,
  type SendResult,
} from "../../transport/session/keep_session.ts";
import type { Outbox } from "../../transport/session/outbox.ts";
import type { StoredSession } from "../../transport/session/session_state.ts";
import { type ChatKinds, chatService } from "../protocol.ts";
import type { ClientMemory } from "./client_memory.ts";
import type { TypedLine } from "./typed_line.ts";

/** How long a goodbye may take, in milliseconds. */
const LEAVE_MS = 1000;

/** Name of the note that says that another client has the session. */
const TAKEN_NOTE = "taken";

/** Takes whatever comes, for a connection that only asks how far the server is. */
const HEARS_NOTHING = Object.fromEntries(
  Object.keys(chatService.kinds).map((kind) => [kind, () => {}]),
) as Handlers<ChatKinds>;

/** Where to, and what proves the user. */
export type ChatDial = Omit<DialOptions, "session" | "signal" | "clock" | "clientId">;

/** What a {@linkcode SessionRunner} works with. */
export interface SessionRunnerOptions {
  readonly clock: Clock;
  readonly dial: ChatDial;
  readonly memory: ClientMemory;
  /** Ends when the first try fails. @default {false} */
  readonly mustReach?: boolean | undefined;
  /** How long to try to come back, in milliseconds. @default {for ever} */
  readonly reconnectForMs?: number | undefined;
  /** Waits for `reconnect` when another client has taken the session over, instead of ending. */
  readonly waitsWhenTakenOver?: boolean | undefined;
  /** Numbers from 0 to below 1. @default {Math.random} */
  readonly random?: (() => number) | undefined;
}

/** What a {@linkcode SessionRunner} tells and asks. */
export interface SessionUser {
  /** Id for the next HELLO. */
  clientId(): string;
  handlersFor(connection: Connection<ChatKinds>): Handlers<ChatKinds>;
  /** As `keepSession` asks for it. */
  send(connection: Connection<ChatKinds>, outbox: Outbox<TypedLine>): SendResult;
  /** There is no line. @param retryMs when it is tried again; `undefined`: not by itself */
  onLost(because: LineError | CloseReport, retryMs: number | undefined): void;
  /** The server does not know the session; what waits goes out in a new one. */
  onSessionLost(): void;
  /** The session that another client had cannot be taken back; it is tried as it is, or a new one. */
  onNotTakenBack(error: LineError): void;
  /** Another session is this one now, or why not. */
  onAdopted(error: unknown): void;
}

/** Why a client ended: it was told to, or the server does not want it any more. */
export type ClientEnd = { readonly type: "quit" } | {
  readonly type: "closed";
  readonly report: CloseReport;
};

/** One session after the other; see {@linkcode SessionRunner.run}. */
export class SessionRunner {
  readonly #options: SessionRunnerOptions;
  readonly #user: SessionUser;
  #kept: KeptSession | undefined;
  #stop = new AbortController();
  #connection: Connection<ChatKinds> | undefined;
  #wasReady = false;
  #isEnding = false;
  #again: { readonly session: StoredSession | undefined } | undefined;
  #failure: LineError | undefined;
  #giveUp: Timer | undefined;
  #onWish: () => void = () => {};

  constructor(options: SessionRunnerOptions, user: SessionUser) {
    this.#options = options;
    this.#user = user;
  }

  /** Sends what waits. */
  wake(): void {
    this.#kept?.wake();
  }

  /** The server has greeted this client. */
  ready(): void {
    this.#wasReady = true;
    this.#giveUp?.cancel();
    this.#giveUp = undefined;
  }

  /** Connects anew, now. @param session goes on with this one instead */
  reconnect(session?: StoredSession): void {
    this.#again = { session };
    // Not a goodbye: nobody shall read that this client has left.
    this.#connection?.abort(LineErrorCode.Lost, "reconnecting");
    this.#halt("reconnecting");
  }

  /** Says goodbye, which does not take long, and ends. */
  async quit(message: string): Promise<void> {
    this.#isEnding = true;
    const connection = this.#connection;
    if (connection?.isOpen) {
      const limit = new AbortController();
      const closed = connection.close({ code: "quit", message });
      const isLate = sleep(this.#options.clock, LEAVE_MS, limit.signal).catch(() => {});
      await Promise.race([closed, isLate]);
      limit.abort();
    }
    this.#halt("quit");
  }

  /**
   * Keeps the session until the end.
   *
   * @throws {LineError} why the server cannot be reached, or refuses this client
   */
  async run(): Promise<ClientEnd> {
    const { notes } = this.#options.memory;
    try {
      for (;;) {
        const report = await this.#runOnce();
        if (this.#isEnding) return { type: "quit" };
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#again === undefined && report !== undefined) {
          const isTakenOver = report.code === LineErrorCode.TakenOver;
          if (isTakenOver) notes.set(TAKEN_NOTE, "yes");
          if (!isTakenOver || !this.#options.waitsWhenTakenOver) return { type: "closed", report };
          this.#user.onLost(report, undefined);
          await new Promise<void>((resolve) => this.#onWish = resolve);
        }
        const session = this.#again?.session;
        this.#again = undefined;
        if (session !== undefined) await this.#adopt(session);
      }
    } finally {
      this.ready(); // nothing gives up any more
    }
  }

  /** One session through its connections. @returns `undefined` when it was stopped from here */
  async #runOnce(): Promise<CloseReport | undefined> {
    const { clock, dial, memory: { state }, random } = this.#options;
    const user = this.#user;
    const stop = this.#stop = new AbortController();
    if (this.#isEnding || !await this.#takeBack(stop.signal)) return undefined;
    this.#kept = keepSession({
      service: chatService,
      dial: {
        ...dial,
        get clientId() { // for each connection
          return user.clientId();
        },
      },
      clock,
      ...(random && { random }),
      signal: stop.signal,
      state,
      handlersFor: (connection) => {
        this.#connection = connection;
        return user.handlersFor(connection);
      },
      send: (connection, outbox) => user.send(connection, outbox),
      onWait: (delayMs, because) => this.#onWait(delayMs, because),
      onLoss: () => {
        user.onSessionLost();
        return "renumber";
      },
    });
    try {
      return await this.#kept.done;
    } catch (error) {
      if (error === stop.signal.reason) return undefined;
      throw error;
    } finally {
      this.#connection = undefined;
    }
  }

  #onWait(delayMs: number, because: LineError | CloseReport): void {
    const { clock, mustReach = false, reconnectForMs } = this.#options;
    this.#connection = undefined;
    if (mustReach && !this.#wasReady) return this.#fail(because);
    this.#user.onLost(because, delayMs);
    if (reconnectForMs === undefined) return;
    this.#giveUp ??= clock.after(reconnectForMs, () => this.#fail(because));
  }

  #fail(because: LineError | CloseReport): void {
    this.#failure = errorOf(because);
    this.#halt("gave up");
  }

  #halt(why: string): void {
    this.#stop.abort(new DOMException(why, "AbortError"));
    this.#onWish();
  }

  /** Makes another session this client's, or says why not. */
  async #adopt(session: StoredSession): Promise<void> {
    try {
      await this.#takeOver(session);
      this.#user.onAdopted(undefined);
    } catch (error) {
      this.#user.onAdopted(error);
    }
  }

  /**
   * Where another client had this session, it has said things with numbers that this one would use.
   *
   * @returns false when it was stopped from here
   */
  async #takeBack(signal: AbortSignal): Promise<boolean> {
    const { clock, memory: { notes, state }, random = Math.random } = this.#options;
    for (let retry = 0; notes.get(TAKEN_NOTE) === "yes"; retry++) {
      if (state.session === undefined) return true;
      try {
        await this.#takeOver(state.session);
      } catch (error) {
        if (!(error instanceof LineError)) throw error;
        // What mends itself is waited for; what does not, a new session mends.
        if (!error.isPassing) {
          this.#user.onNotTakenBack(error);
          return true;
        }
        const delayMs = backoffMs(retry, random());
        this.#onWait(delayMs, error);
        await sleep(clock, delayMs, signal).catch(() => {});
        if (signal.aborted) return false;
      }
    }
    return !signal.aborted;
  }

  /** Learns how far the server is with a session, and makes it this client's. */
  async #takeOver(session: StoredSession): Promise<void> {
    const { clock, dial, memory } = this.#options;
    const how = { ...dial, clientId: this.#user.clientId(), clock, session };
    const { connection } = await dialSession(chatService, how, () => HEARS_NOTHING);
    const { highestSequence } = connection.terms;
    await connection.abort(LineErrorCode.Lost, "reconnecting");
    await memory.adopt(session, Number(highestSequence));
    memory.notes.set(TAKEN_NOTE, "");
  }
}

/** Why a connection ended, as an error. */
export function errorOf(because: LineError | CloseReport): LineError {
  if (because instanceof LineError) return because;
  const { code, message, by } = because;
  if (code === LineErrorCode.ShuttingDown) {
    return new LineError(code, `The server went down: ${message}`, { origin: "here" }); // no refusal
  }
  const origin = by === "peer" ? "peer" : "here";
  return new LineError(code as LineErrorCode, message || "The line is lost", { origin });
}
