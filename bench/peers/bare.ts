/** The same traffic without frames: `conn.write` on one side, `conn.read` on the other. */
import {
  connectRaw,
  hangUp,
  listenRaw,
  runPeer,
  Stopwatch,
  writeAll,
  writeBytesFor,
} from "./peer.ts";

await runPeer({
  receive: (n, onDone) =>
    listenRaw(async (conn) => {
      const slab = new Uint8Array(n < 64 * 1024 ? 64 * 1024 : 2 * n);
      let stopwatch: Stopwatch | undefined;
      let bytes = 0;
      for (let read; (read = await conn.read(slab)) !== null;) {
        stopwatch ??= new Stopwatch();
        bytes += read;
      }
      if (stopwatch !== undefined) onDone(stopwatch.report(bytes / (4 + n), null));
    }),

  async send(n, port, untilMs) {
    const conn = await connectRaw(port);
    const frames = Math.floor(writeBytesFor(n) / (4 + n));
    const chunk = new Uint8Array(frames * (4 + n));
    let sent = 0;
    for (; performance.now() < untilMs; sent += frames) await writeAll(conn, chunk);
    await hangUp(conn);
    return sent;
  },
});
