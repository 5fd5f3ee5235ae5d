/** TCP as Deno has it. */
import { sleep } from "../clock/sleep.ts";
import { systemClock } from "../clock/system_clock.ts";
import { LineError, LineErrorCode } from "./line_error.ts";
import {
  type Address,
  type ByteStream,
  formatAddress,
  type Network,
  type StreamListener,
} from "./network.ts";

/** How long to wait before accepting again when the process is out of file descriptors. */
const ACCEPT_PAUSE_MS = 100;

/** Connections that the system may hold for us before they are accepted (Deno 2.9 and newer). */
const TCP_BACKLOG = 1024;

function streamOf(conn: Deno.TcpConn): ByteStream {
  const { hostname, port } = conn.remoteAddr;
  conn.setNoDelay(true); // Deno leaves Nagle on: 44 ms for a reply that follows a reply
  let isOpen = true;
  let abandonWrite: ((cause: Error) => void) | undefined;
  return {
    peer: { host: hostname, port },
    read: (into) => conn.read(into),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        abandonWrite = reject;
        conn.write(bytes).then(resolve, reject);
      }),
    closeWrite: () => conn.closeWrite(),
    close() {
      if (isOpen) conn.close();
      isOpen = false;
      // Deno 2.4 leaves a write that waits for the peer pending, until the peer is gone too.
      abandonWrite?.(new Error("operation canceled"));
    },
  };
}

/** TCP as Deno has it: Nagle off, errors as {@linkcode LineError}. */
export const tcpNetwork: Network = {
  listen(address: Address): StreamListener {
    let listener: Deno.TcpListener;
    const options = { hostname: address.host, port: address.port, tcpBacklog: TCP_BACKLOG };
    try {
      listener = Deno.listen(options);
    } catch (cause) {
      throw new LineError(
        LineErrorCode.CannotListen,
        `Cannot listen on ${formatAddress(address)}: ${listenFailure(cause)}`,
        { cause },
      );
    }
    let isOpen = true;
    return {
      address: { host: listener.addr.hostname, port: listener.addr.port },
      async accept() {
        while (isOpen) {
          try {
            return streamOf(await listener.accept());
          } catch (error) {
            if (!isOpen) break;
            // Out of descriptors, or a peer that was gone before it was accepted.
            if (codeOf(error) !== "ECONNABORTED") await sleep(systemClock, ACCEPT_PAUSE_MS);
          }
        }
        return undefined;
      },
      close() {
        if (isOpen) listener.close();
        isOpen = false;
      },
    };
  },

  async connect(address: Address, signal: AbortSignal): Promise<ByteStream> {
    try {
      return streamOf(
        await Deno.connect({ hostname: address.host, port: address.port, signal }),
      );
    } catch (cause) {
      if (signal.aborted && !isTimeout(signal.reason)) throw signal.reason;
      throw new LineError(
        LineErrorCode.Unreachable,
        `Cannot reach ${formatAddress(address)}: ${connectFailure(cause)}`,
        { cause },
      );
    }
  },
};

/** Whether an abort reason is the end of a time limit. */
function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === "TimeoutError";
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}

function connectFailure(cause: unknown): string {
  if (isTimeout(cause)) return "no answer in time";
  switch (codeOf(cause)) {
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

function listenFailure(cause: unknown): string {
  switch (codeOf(cause)) {
    case "EADDRINUSE":
      return "the port is in use";
    case "EADDRNOTAVAIL":
      return "no such address on this machine";
    case "EACCES":
      return "not permitted; ports below 1024 need special rights";
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return /lookup address/.test(message) ? "no such host" : message;
}
