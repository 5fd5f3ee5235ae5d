/**
 * The least that a Deno program can do for a frame: one slab, one loop, everything in local
 * variables, nothing checked. What the line is measured against.
 */
import {
  connectRaw,
  DATA_KIND,
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
      const data = new DataView(slab.buffer);
      let stopwatch: Stopwatch | undefined;
      let frames = 0;
      let sum = 0;
      let end = 0;
      for (;;) {
        const read = await conn.read(slab.subarray(end));
        if (read === null) break;
        stopwatch ??= new Stopwatch();
        end += read;
        let at = 0;
        while (end - at >= 4) {
          const length = data.getUint32(at);
          if (end - at < 4 + length) break;
          if (slab[at + 4] === DATA_KIND) sum = (sum + data.getUint32(at + 5)) | 0;
          frames++;
          at += 4 + length;
        }
        if (at === 0) continue;
        slab.copyWithin(0, at, end);
        end -= at;
      }
      if (stopwatch !== undefined) onDone(stopwatch.report(frames, sum));
    }),

  async send(n, port, untilMs) {
    const conn = await connectRaw(port);
    const frameBytes = 4 + n;
    const chunkBytes = Math.floor(writeBytesFor(n) / frameBytes) * frameBytes;
    const chunks = [new Uint8Array(chunkBytes), new Uint8Array(chunkBytes)] as const;
    let sequence = 0;
    let turn = 0;
    let inFlight: Promise<void> | undefined;
    while (performance.now() < untilMs) {
      const chunk = chunks[turn ^= 1] as Uint8Array;
      const data = new DataView(chunk.buffer);
      for (let at = 0; at < chunkBytes; at += frameBytes) {
        data.setUint32(at, n);
        chunk[at + 4] = DATA_KIND;
        data.setUint32(at + 5, sequence++);
      }
      await inFlight;
      inFlight = writeAll(conn, chunk);
    }
    await inFlight;
    await hangUp(conn);
    return sequence;
  },
});
