/** TCP as Deno has it. */
import { connListener, TCP_BACKLOG } from "./conn_listener.ts";
import { connStream } from "./conn_stream.ts";
import { connectTcp } from "./connect_tcp.ts";
import type { Address, ByteStream, Network, StreamListener } from "./network.ts";

function streamOf(conn: Deno.TcpConn): ByteStream {
  const { hostname, port } = conn.remoteAddr;
  return connStream(conn, { host: hostname, port });
}

/** TCP as Deno has it: Nagle off, errors as {@linkcode LineError}. */
export const tcpNetwork: Network = {
  isEncrypted: false,

  listen(address: Address): StreamListener {
    const options = { hostname: address.host, port: address.port, tcpBacklog: TCP_BACKLOG };
    return connListener(address, () => Deno.listen(options), (conn) => {
      conn.setNoDelay(true); // Deno leaves Nagle on: 44 ms for a reply that follows a reply
      return streamOf(conn);
    });
  },

  async connect(address: Address, signal: AbortSignal): Promise<ByteStream> {
    return streamOf(await connectTcp(address, signal));
  },
};
