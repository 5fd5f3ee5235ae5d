/**
 * Frames over `node:net` as one writes them by hand: a decoder that hands out views and keeps only
 * the cut frame, and a sender that makes a buffer per frame (`single`, the usual way) or fills
 * large ones (`batched`).
 */
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { DATA_KIND, runPeer, Stopwatch } from "./peer.ts";

const CHUNK_BYTES = 64 * 1024;
const FRAMES_PER_TURN = 256;
const isBatched = Deno.args.at(-1) === "batched";

/** Calls `onFrame` with each whole frame, without its length; copies only what was cut. */
function decoder(onFrame: (frame: Buffer) => void): (chunk: Buffer) => void {
  let cut = Buffer.alloc(0);
  return (chunk) => {
    let at = 0;
    if (cut.length > 0) {
      const head = cut.length >= 4 ? cut : Buffer.concat([cut, chunk.subarray(0, 4 - cut.length)]);
      const missing = head.length < 4 ? Infinity : 4 + head.readUInt32BE(0) - cut.length;
      if (chunk.length < missing) {
        cut = Buffer.concat([cut, chunk]);
        return;
      }
      onFrame(Buffer.concat([cut, chunk.subarray(0, missing)]).subarray(4));
      at = missing;
    }
    while (chunk.length - at >= 4) {
      const end = at + 4 + chunk.readUInt32BE(at);
      if (end > chunk.length) break;
      onFrame(chunk.subarray(at + 4, end));
      at = end;
    }
    cut = at === chunk.length ? Buffer.alloc(0) : Buffer.from(chunk.subarray(at));
  };
}

async function sendSingle(socket: Socket, n: number, sequence: number): Promise<number> {
  socket.cork();
  for (const end = sequence + FRAMES_PER_TURN; sequence < end; sequence++) {
    const frame = Buffer.allocUnsafe(4 + n);
    frame.writeUInt32BE(n, 0);
    frame[4] = DATA_KIND;
    frame.writeUInt32BE(sequence >>> 0, 5);
    socket.write(frame);
  }
  socket.uncork();
  await (socket.writableNeedDrain ? once(socket, "drain") : setImmediate());
  return sequence;
}

async function sendBatch(socket: Socket, n: number, sequence: number): Promise<number> {
  const frames = Math.max(1, Math.floor(CHUNK_BYTES / (4 + n)));
  const chunk = Buffer.allocUnsafe(frames * (4 + n));
  for (let at = 0; at < chunk.length; at += 4 + n) {
    chunk.writeUInt32BE(n, at);
    chunk[at + 4] = DATA_KIND;
    chunk.writeUInt32BE(sequence++ >>> 0, at + 5);
  }
  if (!socket.write(chunk)) await once(socket, "drain");
  return sequence;
}

await runPeer({
  async receive(_n, onDone) {
    const server = createServer((socket) => {
      let stopwatch: Stopwatch | undefined;
      let frames = 0;
      let sum = 0;
      socket.setNoDelay(true);
      const decode = decoder((frame) => {
        frames++;
        if (frame[0] === DATA_KIND) sum = (sum + frame.readUInt32BE(1)) | 0;
      });
      socket.on("data", (chunk: Buffer) => {
        stopwatch ??= new Stopwatch();
        decode(chunk);
      });
      socket.on("end", () => {
        if (stopwatch !== undefined) onDone(stopwatch.report(frames, sum));
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  },

  async send(n, port, untilMs) {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.setNoDelay(true);
    const send = isBatched ? sendBatch : sendSingle;
    let sequence = 0;
    while (performance.now() < untilMs) sequence = await send(socket, n, sequence);
    socket.end();
    socket.resume();
    await once(socket, "close");
    return sequence;
  },
});
