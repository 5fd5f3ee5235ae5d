import type { Clock } from "../clock/clock.ts";
import { deadline } from "../clock/deadline.ts";
import { systemClock } from "../clock/system_clock.ts";
import { clientHandshake, type Credentials } from "./client_handshake.ts";
import { Connection } from "./connection.ts";
import { HANDSHAKE_MAX_FRAME_BYTES } from "./frame.ts";
import { FrameDecoder } from "./frame_decoder.ts";
import { HandshakeLine } from "./handshake_line.ts";
import { encodeError } from "./handshake_messages.ts";
import { LineError, LineErrorCode } from "./line_error.ts";
import { lingerAndClose } from "./linger.ts";
import { type MemoryBudget, processBudget } from "./memory_budget.ts";
import { type Address, formatAddress, type Network } from "./network.ts";
import { PROOF_BYTES, type Secret } from "./proofs.ts";
import type { Handlers } from "./routes.ts";
import type { Kinds, Service } from "./service.ts";
import { tcpNetwork } from "./tcp_network.ts";

/** Options of {@linkcode dial}. */
export interface DialOptions extends Address, Credentials {
  /** Time to connect and shake hands, in milliseconds. @default {5000} */
  readonly timeoutMs?: number;
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
  /** Where streams come from. @default {tcpNetwork} */
  readonly network?: Network;
  /** Where time comes from. @default {systemClock} */
  readonly clock?: Clock;
  /** Where buffers come from. @default {processBudget} */
  readonly budget?: MemoryBudget;
}

/** A connection and the secret that resumes its session. */
export interface Dialled<K extends Kinds> {
  /** The open connection. */
  readonly connection: Connection<K>;
  /** `undefined` when the server keeps no sessions. */
  readonly cookie: Secret | undefined;
}

/**
 * Connects to a server of `service` and shakes hands.
 *
 * @param handlersFor gives the handlers; no frame is lost between the handshake and this call
 * @throws {LineError} `unreachable`, or why one side refused the other
 * @throws the reason of `signal` when it aborts
 */
export async function dialSession<K extends Kinds>(
  service: Service<K>,
  options: DialOptions,
  handlersFor: (connection: Connection<K>) => Handlers<K>,
): Promise<Dialled<K>> {
  const { network = tcpNetwork, clock = systemClock, budget = processBudget } = options;
  const timeoutMs = options.timeoutMs ?? 5000;
  using limit = deadline(clock, timeoutMs, options.signal);
  const stream = await network.connect(options, limit.signal).catch((error) => {
    options.signal?.throwIfAborted();
    throw error;
  });
  const decoder = new FrameDecoder({ maxFrameBytes: HANDSHAKE_MAX_FRAME_BYTES, budget });
  const onAbort = () => stream.close();
  limit.signal.addEventListener("abort", onAbort, { once: true });
  try {
    limit.signal.throwIfAborted();
    const nonce = crypto.getRandomValues(new Uint8Array(PROOF_BYTES));
    const line = new HandshakeLine(stream, decoder);
    const handshake = await clientHandshake(line, service.name, options, nonce);
    limit.signal.removeEventListener("abort", onAbort);
    limit.signal.throwIfAborted();
    const { welcome, cookie, tokenName } = handshake;
    const terms = { ...welcome, clientId: options.clientId, tokenName };
    const connection = new Connection({ stream, decoder, service, terms, clock, budget });
    connection.startWith(handlersFor);
    return { connection, cookie };
  } catch (error) {
    decoder.release();
    if (limit.signal.aborted) {
      stream.close();
      if (options.signal?.aborted) throw options.signal.reason;
      throw new LineError(
        LineErrorCode.Unreachable,
        `Cannot reach ${formatAddress(options)}: no answer within ${timeoutMs} ms`,
        { cause: error },
      );
    }
    const isForPeer = error instanceof LineError && error.isForPeer;
    lingerAndClose(stream, clock, isForPeer ? encodeError(error) : undefined);
    throw error;
  }
}

/** Like {@linkcode dialSession}, for clients that do not resume. */
export async function dial<K extends Kinds>(
  service: Service<K>,
  options: DialOptions,
  handlersFor: (connection: Connection<K>) => Handlers<K>,
): Promise<Connection<K>> {
  return (await dialSession(service, options, handlersFor)).connection;
}
