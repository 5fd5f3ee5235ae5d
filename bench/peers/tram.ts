/** The line, through its public API. */
import { type Connection, defineService, dial, listen, raw } from "tram";
import { DATA_KIND, runPeer, Stopwatch } from "./peer.ts";
import { peerNetwork } from "./peer_network.ts";

const service = defineService({
  name: "bench",
  kinds: { data: raw(DATA_KIND) },
  heartbeatMs: 60_000,
});

const network = peerNetwork();

/** Sends frames until the lane is full. @returns the next sequence number */
function fill(
  connection: Connection<typeof service.kinds>,
  payloadBytes: number,
  sequence: number,
): number {
  for (;;) {
    const writer = connection.reserve(service.kinds.data, payloadBytes);
    if (writer === undefined) return sequence;
    writer.setUint32(0, sequence++);
    writer.commit();
  }
}

await runPeer({
  receive(_n, onDone) {
    const server = listen(service, { port: 0, network }, (connection) => {
      const stopwatch = new Stopwatch();
      let frames = 0;
      let sum = 0;
      connection.closed.then(() => onDone(stopwatch.report(frames, sum)));
      return {
        data(view) {
          frames++;
          sum = (sum + view.getUint32(0)) | 0;
        },
      };
    });
    return server.address.port;
  },

  async send(n, port, untilMs) {
    const address = { host: "127.0.0.1", port, clientId: "bench", network };
    const connection = await dial(service, address, () => ({}));
    let sequence = 0;
    while (performance.now() < untilMs) {
      sequence = fill(connection, n - 1, sequence);
      await connection.writable();
    }
    const { confirmed, code } = await connection.close();
    if (!confirmed) throw new Error(`Cannot confirm what was sent: ${code}`);
    return sequence;
  },
});
