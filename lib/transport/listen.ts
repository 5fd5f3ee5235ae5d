import type { Clock } from "../clock/clock.ts";
import { systemClock } from "../clock/system_clock.ts";
import { Admission } from "./admission.ts";
import type { CloseReport } from "./close_report.ts";
import { Connection } from "./connection.ts";
import { HANDSHAKE_MAX_FRAME_BYTES } from "./frame.ts";
import { FrameDecoder } from "./frame_decoder.ts";
import { HandshakeLine } from "./handshake_line.ts";
import { encodeError, encodeGoodbye, type Goodbye, type Hello } from "./handshake_messages.ts";
import { LineError, LineErrorCode } from "./line_error.ts";
import { lingerAndClose } from "./linger.ts";
import { type MemoryBudget, processBudget } from "./memory_budget.ts";
import { type Address, type ByteStream, isLoopback, type Network } from "./network.ts";
import type { Secret } from "./proofs.ts";
import { refuseAsync } from "./refuse_async.ts";
import type { Handlers } from "./routes.ts";
import { serverHandshake, type SessionGate } from "./server_handshake.ts";
import type { Kinds, Service } from "./service.ts";
import { tcpNetwork } from "./tcp_network.ts";
import type { Token } from "./token.ts";

/** What a server does that somebody may want to log. */
export type ServerEvent =
  | { readonly type: "joined"; readonly peer: Address; readonly clientId: string }
  | {
    readonly type: "left";
    readonly peer: Address;
    readonly clientId: string;
    readonly report: CloseReport;
  }
  | { readonly type: "refused"; readonly peer: Address; readonly error: LineError };

/** A client that wants to come in and has proved what it had to. */
export interface Candidate {
  /** Where it comes from. */
  readonly peer: Address;
  /** What it calls itself. */
  readonly clientId: string;
  /** Name of the token that it proved; empty without one. */
  readonly tokenName: string;
}

/** Options of {@linkcode listen}. */
export interface ListenOptions {
  /** Address to listen on. @default {"127.0.0.1"} */
  readonly host?: string;
  /** 0 lets the system choose. @default {0} */
  readonly port?: number;
  /** Who may come in: whoever proves one of these tokens. */
  readonly tokens?: readonly Token[] | undefined;
  /** Lets everybody in on an address that other machines reach. @default {false} */
  readonly insecure?: boolean;
  /** Clients that are logged in at once. @default {10000} */
  readonly maxClients?: number;
  /** Connections at once, logged in or not. @default {maxClients + 100} */
  readonly maxConnections?: number;
  /** Connections from one address at once. @default {Infinity} */
  readonly maxConnectionsPerAddress?: number;
  /** Time to shake hands, in milliseconds. @default {5000} */
  readonly handshakeTimeoutMs?: number;
  /**
   * The service's own last word on a client that has proved what it had to, such as a ban.
   * @throws {LineError} the reason to refuse it, with a code of the service
   */
  readonly admit?: (candidate: Candidate) => void;
  /** Where sessions are kept, for services that resume them. */
  readonly sessions?: SessionGate | undefined;
  /** Told what happens. */
  readonly onEvent?: (event: ServerEvent) => void;
  /** Where streams come from. @default {tcpNetwork} */
  readonly network?: Network;
  /** Where time comes from. @default {systemClock} */
  readonly clock?: Clock;
  /** Where buffers come from. @default {processBudget} */
  readonly budget?: MemoryBudget;
}

/** A running server. */
export interface Server<K extends Kinds> extends AsyncDisposable {
  /** Where it listens. */
  readonly address: Address;
  /** The clients that are logged in. */
  readonly connections: ReadonlySet<Connection<K>>;
  /** Accepts nobody any more, says goodbye to all, and waits until they are gone. */
  close(goodbye?: Goodbye): Promise<void>;
}

/**
 * Serves `service`.
 *
 * @param handlersFor called for each client that has logged in; gives its handlers
 * @throws {LineError} `cannot-listen` when the address is taken, or when other machines reach it and
 * neither `tokens` nor `insecure` is given
 */
export function listen<K extends Kinds>(
  service: Service<K>,
  options: ListenOptions,
  handlersFor: (connection: Connection<K>) => Handlers<K>,
): Server<K> {
  return new LineServer(service, options, handlersFor);
}

class LineServer<K extends Kinds> implements Server<K> {
  readonly address: Address;
  readonly connections = new Set<Connection<K>>();
  readonly #service: Service<K>;
  readonly #options: ListenOptions;
  readonly #handlersFor: (connection: Connection<K>) => Handlers<K>;
  readonly #clock: Clock;
  readonly #budget: MemoryBudget;
  readonly #admission: Admission;
  readonly #tasks = new Set<Promise<void>>();
  readonly #stopListening: () => void;
  /** What hangs up on those who have not logged in yet, the oldest first. */
  readonly #strangers = new Set<() => void>();
  #goodbye: Goodbye | undefined;

  constructor(
    service: Service<K>,
    options: ListenOptions,
    handlersFor: (connection: Connection<K>) => Handlers<K>,
  ) {
    const { host = "127.0.0.1", port = 0, network = tcpNetwork, tokens, insecure } = options;
    if (tokens === undefined && !insecure && !isLoopback(host)) {
      throw new LineError(
        LineErrorCode.CannotListen,
        `Cannot listen on ${host} without a token: other machines reach that address`,
      );
    }
    const { maxClients = 10_000 } = options;
    const { maxConnections = maxClients + 100 } = options;
    const { maxConnectionsPerAddress = Infinity } = options;
    this.#admission = new Admission({ maxClients, maxConnections, maxConnectionsPerAddress });
    this.#service = service;
    this.#options = options;
    this.#handlersFor = handlersFor;
    this.#clock = options.clock ?? systemClock;
    this.#budget = options.budget ?? processBudget;
    const listener = network.listen({ host, port });
    this.address = listener.address;
    this.#stopListening = () => listener.close();
    this.#keep((async () => {
      for (let stream; (stream = await listener.accept()) !== undefined;) {
        this.#keep(this.#serve(stream));
      }
    })());
  }

  async close(goodbye: Goodbye = { code: "shutting-down", message: "" }): Promise<void> {
    encodeGoodbye(goodbye); // a code of bad form shows before anything has happened
    this.#goodbye ??= goodbye;
    this.#stopListening();
    for (const hangUp of [...this.#strangers]) hangUp();
    for (const connection of this.connections) connection.close(goodbye);
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Waits for a task at the end. What goes wrong in one must not end the process. */
  #keep(task: Promise<void>): void {
    const kept: Promise<void> = task.catch(() => {}).then(() => void this.#tasks.delete(kept));
    this.#tasks.add(kept);
  }

  /** The whole life of one stream. */
  async #serve(stream: ByteStream): Promise<void> {
    const { host } = stream.peer;
    this.#admission.arrive(host);
    let isCounted = true;
    const leave = () => {
      if (isCounted) this.#admission.leave(host);
      isCounted = false;
    };
    const hangUp = () => {
      this.#strangers.delete(hangUp);
      stream.close();
      leave();
    };
    // Whoever says nothing must not keep out the others: the oldest stranger makes room.
    const [oldest] = this.#strangers;
    if (this.#admission.isCrowded && !this.#admission.hasTooMany(host)) oldest?.();
    this.#strangers.add(hangUp);
    try {
      const becomeKnown = () => void this.#strangers.delete(hangUp);
      const connection = await this.#logIn({ stream, isOver: false, hasPlace: false, becomeKnown });
      if (connection !== undefined) await this.#stay(connection);
    } finally {
      this.#strangers.delete(hangUp);
      leave();
    }
  }

  /** Shakes hands; a client that is refused is told why. */
  async #logIn(attempt: LogIn): Promise<Connection<K> | undefined> {
    const { stream } = attempt;
    const { handshakeTimeoutMs = 5000 } = this.#options;
    const late = Promise.withResolvers<never>();
    late.promise.catch(() => {}); // it may come when nobody waits for it any more
    const timer = this.#clock.after(handshakeTimeoutMs, () => {
      const message = `Cannot wait longer than ${handshakeTimeoutMs} ms for the handshake`;
      late.reject(new LineError(LineErrorCode.HandshakeTimeout, message));
    });
    try {
      this.#admission.checkRoom(stream.peer.host);
      return await Promise.race([this.#shakeHands(attempt), late.promise]);
    } catch (cause) {
      timer.cancel();
      attempt.isOver = true;
      if (attempt.hasPlace) this.#admission.givePlace();
      const error = cause instanceof LineError
        ? cause
        : new LineError(LineErrorCode.Internal, "The handshake failed", { cause });
      if (this.#goodbye === undefined) this.#emit({ type: "refused", peer: stream.peer, error });
      await lingerAndClose(stream, this.#clock, error.isForPeer ? encodeError(error) : undefined);
      return undefined;
    } finally {
      timer.cancel();
    }
  }

  async #shakeHands(attempt: LogIn): Promise<Connection<K>> {
    const { stream } = attempt;
    const { tokens, sessions, admit } = this.#options;
    const budget = this.#budget;
    const decoder = new FrameDecoder({ maxFrameBytes: HANDSHAKE_MAX_FRAME_BYTES, budget });
    const nameOf = ({ tokenName }: Hello) => tokens === undefined ? "" : tokenName; // unproved then
    const handshake = serverHandshake(
      new HandshakeLine(stream, decoder),
      {
        service: this.#service,
        tokens,
        sessions,
        admit: (hello) => {
          if (attempt.isOver) throw new LineError(LineErrorCode.HandshakeTimeout, "Too late");
          const { clientId } = hello;
          refuseAsync(admit?.({ peer: stream.peer, clientId, tokenName: nameOf(hello) }));
          this.#admission.takePlace();
          attempt.hasPlace = true;
          attempt.becomeKnown();
        },
      },
      (count) => crypto.getRandomValues(new Uint8Array(count) as Secret),
    );
    const { hello, ...session } = await handshake.catch((error) => {
      decoder.release();
      throw error;
    });
    const { heartbeatMs, maxFrameBytes, bulkCreditBytes } = this.#service;
    const { clientId } = hello;
    const granted = { heartbeatMs, maxFrameBytes, bulkCreditBytes };
    return new Connection({
      stream,
      decoder,
      service: this.#service,
      terms: { clientId, tokenName: nameOf(hello), ...session, ...granted },
      clock: this.#clock,
      budget,
    });
  }

  async #stay(connection: Connection<K>): Promise<void> {
    const { peer, terms: { clientId } } = connection;
    this.connections.add(connection);
    this.#emit({ type: "joined", peer, clientId });
    connection.startWith(this.#handlersFor);
    if (this.#goodbye !== undefined) connection.close(this.#goodbye);
    const report = await connection.closed;
    this.connections.delete(connection);
    this.#admission.givePlace();
    this.#emit({ type: "left", peer, clientId, report });
  }

  /** Tells whoever listens. That it fails there is no reason to fail here. */
  #emit(event: ServerEvent): void {
    try {
      refuseAsync(this.#options.onEvent?.(event));
    } catch {
      // A log that cannot be written must not end the server.
    }
  }
}

/** One client's way in. */
interface LogIn {
  readonly stream: ByteStream;
  /** It was refused, whatever becomes of the handshake. */
  isOver: boolean;
  /** It took a client's place. */
  hasPlace: boolean;
  /** It is no stranger any more, who would have to make room for another. */
  readonly becomeKnown: () => void;
}
