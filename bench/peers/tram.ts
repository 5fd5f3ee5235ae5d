/** The line, through its public API. */
import { defineService, dial, listen, raw } from "tram";
import { DATA_KIND, runPeer, Stopwatch } from "./peer.ts";

const service = defineService({
  name: "bench",
  kinds: { data: raw(DATA_KIND) },
  heartbeatMs: 60_000,
});

await runPeer({
  receive(_n, onDone) {
    const server = listen(service, { port: 0 }, (connection) => {
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
    const address = { host: "127.0.0.1", port, clientId: "bench" };
    const connection = await dial(service, address, () => ({}));
    const kind = service.kinds.data;
    const payloadBytes = n - 1;
    let sequence = 0;
    while (performance.now() < untilMs) {
      let writer;
      while ((writer = connection.reserve(kind, payloadBytes)) !== undefined) {
        writer.setUint32(0, sequence++);
        writer.commit();
      }
      await connection.writable();
    }
    const { confirmed, code } = await connection.close();
    if (!confirmed) throw new Error(`Cannot confirm what was sent: ${code}`);
    return sequence;
  },
});
