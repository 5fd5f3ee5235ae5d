/** A frame and its answer, through the public API: both ends answer in their handlers. */
import { type Connection, defineService, dial, listen, raw } from "tram";
import { DATA_KIND } from "./peer.ts";
import { peerNetwork } from "./peer_network.ts";
import { FRAME_N, runEcho } from "./round_trips.ts";

const service = defineService({
  name: "bench-echo",
  kinds: { data: raw(DATA_KIND) },
  heartbeatMs: 60_000,
});
const network = peerNetwork();

type Line = Connection<typeof service.kinds>;

function sendOne(connection: Line, sequence: number): void {
  const writer = connection.reserve(service.kinds.data, FRAME_N - 1);
  if (writer === undefined) throw new Error("Cannot send: the lane is full");
  writer.setUint32(0, sequence);
  writer.commit();
  connection.flush();
}

await runEcho(
  () =>
    listen(service, { port: 0, network }, (connection) => ({
      data: (view) => sendOne(connection, view.getUint32(0)),
    })).address.port,
  async (port, roundTrips) => {
    const done = Promise.withResolvers<void>();
    const connection: Line = await dial(
      service,
      { host: "127.0.0.1", port, clientId: "bench", network },
      () => ({
        data(view) {
          if (!roundTrips.received()) return done.resolve();
          roundTrips.sending();
          sendOne(connection, view.getUint32(0) + 1);
        },
      }),
    );
    roundTrips.sending();
    sendOne(connection, 0);
    await done.promise;
    await connection.close();
  },
);
