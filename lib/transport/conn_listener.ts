import { sleep } from "../clock/sleep.ts";
import { systemClock } from "../clock/system_clock.ts";
import { errorCode } from "./error_code.ts";
import { LineError, LineErrorCode } from "./line_error.ts";
import { type Address, type ByteStream, formatAddress, type StreamListener } from "./network.ts";

/** How long to wait before accepting again when the process is out of file descriptors. */
const ACCEPT_PAUSE_MS = 100;

/** Connections that the system may hold for us before they are accepted (Deno 2.9 and newer). */
export const TCP_BACKLOG = 1024;

/** What TCP and TLS listeners of Deno have in common. */
interface Listener<C> {
  readonly addr: Deno.NetAddr;
  accept(): Promise<C>;
  close(): void;
}

/**
 * Listens, and gives a stream for each connection that comes.
 *
 * @param open opens the socket
 * @throws {LineError} `cannot-listen`
 */
export function connListener<C>(
  address: Address,
  open: () => Listener<C>,
  toStream: (conn: C) => ByteStream,
): StreamListener {
  let listener: Listener<C>;
  try {
    listener = open();
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
          return toStream(await listener.accept());
        } catch (error) {
          if (!isOpen) break;
          // Out of descriptors, or a peer that was gone before it was accepted.
          if (errorCode(error) !== "ECONNABORTED") await sleep(systemClock, ACCEPT_PAUSE_MS);
        }
      }
      return undefined;
    },
    close() {
      if (isOpen) listener.close();
      isOpen = false;
    },
  };
}

function listenFailure(cause: unknown): string {
  switch (errorCode(cause)) {
    case "EADDRINUSE":
      return "the port is in use";
    case "EADDRNOTAVAIL":
      return "no such address on this machine";
    case "EACCES":
      return "not permitted; ports below 1024 need special rights";
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/KeyMismatch/.test(message)) return "the key does not belong to the certificate";
  if (/No keys found/.test(message)) return "the key file holds no private key";
  if (/No certificates found/.test(message)) return "the certificate file holds no certificate";
  return /lookup address/.test(message) ? "no such host" : message;
}
