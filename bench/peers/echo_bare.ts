/** As many bytes as a frame has, and as many back: `conn.read` and `conn.write`, nothing else. */
import { connectRaw, hangUp, listenRaw, writeAll } from "./peer.ts";
import { FRAME_N, runEcho } from "./round_trips.ts";

const FRAME_BYTES = 4 + FRAME_N;

await runEcho(
  () =>
    listenRaw(async (conn) => {
      const buffer = new Uint8Array(64 * 1024);
      for (let read; (read = await conn.read(buffer)) !== null;) {
        await writeAll(conn, buffer.subarray(0, read));
      }
    }),
  async (port, roundTrips) => {
    const conn = await connectRaw(port);
    const message = new Uint8Array(FRAME_BYTES);
    const buffer = new Uint8Array(64 * 1024);
    do {
      roundTrips.sending();
      await writeAll(conn, message);
      for (let got = 0; got < FRAME_BYTES;) {
        const read = await conn.read(buffer);
        if (read === null) throw new Error("Cannot go on: the server hung up");
        got += read;
      }
    } while (roundTrips.received());
    await hangUp(conn);
  },
);
