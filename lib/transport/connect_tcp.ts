import { errorCode } from "./error_code.ts";
import { LineError, LineErrorCode } from "./line_error.ts";
import { type Address, formatAddress } from "./network.ts";

/**
 * A TCP connection with Nagle off.
 *
 * @throws {LineError} `unreachable`
 * @throws the reason of `signal` when it aborts, unless that is the end of a time limit
 */
export async function connectTcp(address: Address, signal: AbortSignal): Promise<Deno.TcpConn> {
  try {
    const conn = await Deno.connect({ hostname: address.host, port: address.port, signal });
    conn.setNoDelay(true); // Deno leaves Nagle on: 44 ms for a reply that follows a reply
    return conn;
  } catch (cause) {
    throw unreachable(address, signal, cause);
  }
}

/** What to throw when `address` cannot be connected to: as {@linkcode connectTcp} does. */
export function unreachable(address: Address, signal: AbortSignal, cause: unknown): unknown {
  if (signal.aborted && !isTimeout(signal.reason)) return signal.reason;
  const why = signal.aborted ? "no answer in time" : connectFailure(cause);
  return new LineError(
    LineErrorCode.Unreachable,
    `Cannot reach ${formatAddress(address)}: ${why}`,
    { cause },
  );
}

/** Whether an abort reason is the end of a time limit. */
function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === "TimeoutError";
}

function connectFailure(cause: unknown): string {
  switch (errorCode(cause)) {
    case "ECONNREFUSED":
      return "connection refused; is the server running?";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return "no route to that host";
    case "ETIMEDOUT":
      return "no answer";
    case "EMFILE":
      return "too many open files";
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return /lookup address/.test(message) ? "no such host" : message;
}
