/** The connections of `timer ping`. */
import { tokenToDial } from "../config/user_token.ts";
import type { TramContext } from "../context.ts";
import type { CloseReport } from "../transport/close_report.ts";
import type { Connection } from "../transport/connection.ts";
import { dial } from "../transport/dial.ts";
import type { FrameView } from "../transport/frame_view.ts";
import { clientIdFrom } from "../transport/handshake_messages.ts";
import { timerClientService } from "./protocol.ts";

/** A connection of a client. */
export type PingLine = Connection<typeof timerClientService.kinds>;

/** Whom to dial, and how. */
export interface PingTarget {
  readonly host: string;
  readonly port: number;
  /** How many connections. */
  readonly clients: number;
  /** Longest wait for each, in milliseconds. */
  readonly timeout: number;
  readonly tokenFile?: string | undefined;
  readonly insecure: boolean;
}

/** What wants to hear of frames and ends. */
export interface PingListener {
  /** A REPLY for client `index`. */
  onReply(index: number, view: FrameView): void;
  /** The server did not run for `lengthNs`. */
  onServerStopped(lengthNs: number): void;
  /** The server is about to leave. */
  onServerLeaving(): void;
  /** A connection is over. */
  onLineLost(): void;
}

/** The connections of a run. They are made first; who listens comes later. */
export class PingLines implements AsyncDisposable {
  readonly connections: PingLine[] = [];
  /** How the first connection ended that did not end with a goodbye from here. */
  report: CloseReport | undefined;
  /** Whether the end waits until the server has confirmed it; who is interrupted does not. */
  isPatient = true;
  readonly #listening = Promise.withResolvers<PingListener>();
  #listener: PingListener | undefined;
  readonly #signal: AbortSignal;

  private constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /**
   * Connects, one client after the other.
   *
   * @throws {LineError} when one of them cannot be connected; none stays then
   */
  static async dial(context: TramContext, target: PingTarget): Promise<PingLines> {
    const lines = new PingLines(context.signal);
    try {
      const credentials = await tokenToDial(context, target);
      for (let index = 0; index < target.clients; index++) {
        await lines.#add(context, target, credentials, index);
      }
      return lines;
    } catch (error) {
      await lines[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** From now on `listener` hears of everything, also of what has happened meanwhile. */
  listen(listener: PingListener): void {
    this.#listener = listener;
    this.#listening.resolve(listener);
  }

  /** Says goodbye on all connections. An interrupt ends the patience with a server that is frozen. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closing = this.connections.map((connection) => connection.close());
    if (!this.isPatient || this.#signal.aborted) return;
    const { promise: interrupted, resolve } = Promise.withResolvers<void>();
    const onAbort = () => resolve();
    this.#signal.addEventListener("abort", onAbort);
    await Promise.race([Promise.all(closing), interrupted]);
    this.#signal.removeEventListener("abort", onAbort);
  }

  async #add(
    { clock, network, signal, hostName }: TramContext,
    { host, port, timeout: timeoutMs }: PingTarget,
    credentials: Awaited<ReturnType<typeof tokenToDial>>,
    index: number,
  ): Promise<void> {
    const tell = (what: (listener: PingListener) => void) =>
      void this.#listening.promise.then(what);
    const clientId = clientIdFrom(hostName());
    const connection = await dial(
      timerClientService,
      { host, port, clientId, timeoutMs, signal, network, clock, ...credentials },
      () => ({
        reply: (view) => this.#listener?.onReply(index, view),
        stopped: (view) => this.#listener?.onServerStopped(view.getSafeInt64(0)),
        leaving: () => tell((listener) => listener.onServerLeaving()),
      }),
    );
    this.connections.push(connection);
    connection.closed.then((report) => {
      // What this side gave up, such as a silent peer, is told as well; only its goodbye is not.
      if (report.by !== "here" || report.code !== "done") this.report ??= report;
      tell((listener) => listener.onLineLost());
    });
  }
}
