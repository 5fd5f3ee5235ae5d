/** The line over TLS 1.2 and 1.3 as Deno has it. Only the server shows a certificate. */
import { connListener, TCP_BACKLOG } from "../conn_listener.ts";
import { connStream } from "../conn_stream.ts";
import { connectTcp, unreachable } from "../connect_tcp.ts";
import { LineError, LineErrorCode } from "../line_error.ts";
import { type Address, type ByteStream, formatAddress, type Network } from "../network.ts";
import { authorityNames } from "./authority_names.ts";
import { pemBlocks } from "./pem_blocks.ts";
import { clientRefusal, serverRefusal } from "./tls_failure.ts";
import type { TlsMaterial } from "./tls_material.ts";
import { tuneListener } from "./tune_listener.ts";

/** Name of the protocol inside TLS (ALPN, RFC 7301). */
const ALPN_PROTOCOLS: string[] = ["tram/1"];

/** A stream that is shut without TLS's own farewell has ended: the line has a farewell itself. */
function isCut(error: unknown): boolean {
  return error instanceof Deno.errors.UnexpectedEof;
}

/**
 * What a server reads. The TLS handshake goes on while it reads for the first time: so `accept` waits
 * for nobody, and a stranger who is slow falls under the limits of the line's own handshake.
 */
function servedStream(conn: Deno.TlsConn): ByteStream {
  const { hostname: host, port } = conn.remoteAddr as Deno.NetAddr;
  const peer = { host, port };
  return connStream(conn, peer, (error) => {
    if (isCut(error)) return null;
    throw clientRefusal(peer, error) ?? error;
  });
}

/**
 * A network whose streams are encrypted. Certificates are checked when a stream is made: `connect`
 * throws what is wrong with the server's, and a server reads it as what is wrong with a stream.
 *
 * A client that closes within a millisecond of its handshake can hold up other work of its process
 * for a moment (Deno parks a thread for 100 ms); the line's own handshake takes longer than that.
 *
 * @throws {SyntaxError} when `caPem` cannot be read
 */
export function tlsNetwork({ certPem, keyPem, caPem = "", caFile }: TlsMaterial): Network {
  const caCerts = pemBlocks(caPem).map(({ text }) => text);
  const trusted = {
    file: caFile ?? "the list of authorities",
    authorities: authorityNames(caPem),
  };
  return {
    isEncrypted: true,

    listen(address) {
      if (certPem === undefined || keyPem === undefined) {
        throw new LineError(
          LineErrorCode.CannotListen,
          `Cannot listen on ${formatAddress(address)}: TLS needs a certificate and its key`,
        );
      }
      const options = {
        hostname: address.host,
        port: address.port,
        cert: certPem,
        key: keyPem,
        alpnProtocols: ALPN_PROTOCOLS,
        tcpBacklog: TCP_BACKLOG,
      };
      const listener = connListener(address, () => Deno.listenTls(options), servedStream);
      tuneListener(listener.address.port);
      return listener;
    },

    async connect(address, signal) {
      const tcp = await connectTcp(address, signal);
      const { hostname: host, port } = tcp.remoteAddr;
      const conn = await secured(tcp, address, caCerts, signal).catch((error) => {
        throw serverRefusal(address, trusted, error) ?? unreachable(address, signal, error);
      });
      return connStream(conn, { host, port }, (error) => {
        if (isCut(error)) return null;
        throw error;
      });
    },
  };
}

/** Shakes hands over `tcp`; closes it when that fails, or when `signal` aborts. */
async function secured(
  tcp: Deno.TcpConn,
  { host }: Address,
  caCerts: string[],
  signal: AbortSignal,
): Promise<Deno.TlsConn> {
  const options = { hostname: host, caCerts, alpnProtocols: ALPN_PROTOCOLS };
  const tls = await Deno.startTls(tcp, options).catch((error) => {
    tcp.close();
    throw error;
  });
  const close = () => tls.close();
  if (signal.aborted) close(); // a moment ago: no listener would hear of it
  else signal.addEventListener("abort", close, { once: true });
  try {
    signal.throwIfAborted();
    await tls.handshake();
    signal.throwIfAborted();
    return tls;
  } catch (error) {
    if (!signal.aborted) close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}
