/**
 * Bytes from one client through a server to another, without frames: `conn.read` and `conn.write`.
 *
 *   chat_relay_bare.ts serve          prints {"port":…}
 *   chat_relay_bare.ts receive PORT   prints {"ready":true}, then {"megabytesPerSecond":…} each second
 *   chat_relay_bare.ts send PORT
 *
 * All stay until they are ended. The first to come is the receiver.
 */
import { print } from "../print.ts";
import { connectRaw, writeAll } from "./peer.ts";

const [role, port] = Deno.args;
const SLAB_BYTES = 64 * 1024;
const slab = new Uint8Array(SLAB_BYTES);

if (role === "serve") {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  print(JSON.stringify({ port: listener.addr.port }));
  const receiver = await listener.accept();
  const sender = await listener.accept();
  for (let read; (read = await sender.read(slab)) !== null;) {
    await writeAll(receiver, slab.subarray(0, read));
  }
} else if (role === "receive") {
  const conn = await connectRaw(Number(port));
  print(JSON.stringify({ ready: true }));
  let [bytes, sinceMs] = [0, performance.now()];
  setInterval(() => {
    const nowMs = performance.now();
    print(JSON.stringify({ megabytesPerSecond: bytes / (nowMs - sinceMs) / 1000 }));
    [bytes, sinceMs] = [0, nowMs];
  }, 1000);
  for (let read; (read = await conn.read(slab)) !== null;) bytes += read;
} else {
  const conn = await connectRaw(Number(port));
  for (;;) await writeAll(conn, slab);
}
