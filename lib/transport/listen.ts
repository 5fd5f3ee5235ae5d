import type { Clock } from "../clock/clock.ts";
import { systemClock } from "../clock/system_clock.ts";
import type { CloseReport } from "./close_report.ts";
import { Connection } from "./connection.ts";
import { HANDSHAKE_MAX_FRAME_BYTES } from "./frame.ts";
import { FrameDecoder } from "./frame_decoder.ts";
import { HandshakeLine } from "./handshake_line.ts";
import { encodeError, type Goodbye } from "./handshake_messages.ts";
import { LineError, LineErrorCode } from "./line_error.ts";
import { lingerAndClose } from "./linger.ts";
import { type MemoryBudget, processBudget } from "./memory_budget.ts";
import { type Address, type ByteStream, isLoopback, type Network } from "./network.ts";
import type { Secret } from "./proofs.ts";
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
  /** Connections from one address at once. @default {maxConnections} */
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
  readonly #perHost = new Map<string, number>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #stopListening: () => void;
  /** Streams that have not logged in yet, so that a stop can end them. */
  readonly #strangers = new Set<ByteStream>();
  #streams = 0;
  #admitted = 0;
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
    this.#goodbye ??= goodbye;
    this.#stopListening();
    for (const stream of this.#strangers) stream.close();
    for (const connection of this.connections) connection.close(goodbye);
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #keep(task: Promise<void>): void {
    this.#tasks.add(task);
    task.finally(() => this.#tasks.delete(task));
  }

  /** The whole life of one stream. Never throws. */
  async #serve(stream: ByteStream): Promise<void> {
    const { host } = stream.peer;
    const fromHost = (this.#perHost.get(host) ?? 0) + 1;
    this.#perHost.set(host, fromHost);
    this.#streams++;
    try {
      const connection = await this.#logIn(stream, fromHost);
      if (connection !== undefined) await this.#stay(connection);
    } finally {
      this.#streams--;
      const left = (this.#perHost.get(host) ?? 1) - 1;
      if (left > 0) this.#perHost.set(host, left);
      else this.#perHost.delete(host);
    }
  }

  async #logIn(stream: ByteStream, fromHost: number): Promise<Connection<K> | undefined> {
    const budget = this.#budget;
    const decoder = new FrameDecoder({ maxFrameBytes: HANDSHAKE_MAX_FRAME_BYTES, budget });
    const { tokens, sessions, handshakeTimeoutMs = 5000 } = this.#options;
    const late = Promise.withResolvers<never>();
    const timer = this.#clock.after(handshakeTimeoutMs, () => {
      late.reject(
        new LineError(
          LineErrorCode.HandshakeTimeout,
          `Cannot wait longer than ${handshakeTimeoutMs} ms for the handshake`,
        ),
      );
    });
    let holdsPlace = false;
    let isRefused = false;
    this.#strangers.add(stream);
    try {
      this.#checkRoom(fromHost);
      const handshake = serverHandshake(
        new HandshakeLine(stream, decoder),
        {
          service: this.#service,
          tokens,
          sessions,
          admit: ({ clientId, tokenName }) => {
            if (isRefused) throw new LineError(LineErrorCode.HandshakeTimeout, "Too late");
            const proved = tokens === undefined ? "" : tokenName;
            this.#options.admit?.({ peer: stream.peer, clientId, tokenName: proved });
            this.#takePlace();
            holdsPlace = true;
          },
        },
        (count) => crypto.getRandomValues(new Uint8Array(count) as Secret),
      );
      const { hello, ...session } = await Promise.race([handshake, late.promise]);
      const { heartbeatMs, maxFrameBytes, bulkCreditBytes } = this.#service;
      const { clientId } = hello;
      const tokenName = tokens === undefined ? "" : hello.tokenName; // unproved without tokens
      return new Connection({
        stream,
        decoder,
        service: this.#service,
        terms: {
          clientId,
          tokenName,
          ...session,
          heartbeatMs,
          maxFrameBytes,
          bulkCreditBytes,
        },
        clock: this.#clock,
        budget,
      });
    } catch (cause) {
      isRefused = true;
      if (holdsPlace) this.#admitted--;
      await this.#refuse(stream, decoder, cause);
      return undefined;
    } finally {
      timer.cancel();
      this.#strangers.delete(stream);
    }
  }

  async #refuse(stream: ByteStream, decoder: FrameDecoder, cause: unknown): Promise<void> {
    const error = cause instanceof LineError
      ? cause
      : new LineError(LineErrorCode.Internal, "The handshake failed", { cause });
    if (this.#goodbye === undefined) {
      this.#options.onEvent?.({ type: "refused", peer: stream.peer, error });
    }
    await lingerAndClose(stream, this.#clock, error.isForPeer ? encodeError(error) : undefined);
    decoder.release();
  }

  async #stay(connection: Connection<K>): Promise<void> {
    const { peer, terms: { clientId } } = connection;
    this.connections.add(connection);
    this.#options.onEvent?.({ type: "joined", peer, clientId });
    try {
      connection.start(this.#handlersFor(connection));
      if (this.#goodbye !== undefined) connection.close(this.#goodbye);
      const report = await connection.closed;
      this.#options.onEvent?.({ type: "left", peer, clientId, report });
    } finally {
      this.connections.delete(connection);
      this.#admitted--;
    }
  }

  #checkRoom(fromHost: number): void {
    const { maxClients = 10_000 } = this.#options;
    const { maxConnections = maxClients + 100 } = this.#options;
    const { maxConnectionsPerAddress = maxConnections } = this.#options;
    if (this.#streams > maxConnections) {
      throw new LineError(LineErrorCode.Full, `Full: ${maxConnections} connections are open`);
    }
    if (fromHost > maxConnectionsPerAddress) {
      throw new LineError(
        LineErrorCode.Full,
        `Full: ${maxConnectionsPerAddress} connections from your address are open`,
      );
    }
  }

  #takePlace(): void {
    const { maxClients = 10_000 } = this.#options;
    if (this.#admitted >= maxClients) {
      throw new LineError(
        LineErrorCode.Full,
        `Full: ${maxClients} ${maxClients === 1 ? "client is" : "clients are"} here already`,
      );
    }
    this.#admitted++;
  }
}
