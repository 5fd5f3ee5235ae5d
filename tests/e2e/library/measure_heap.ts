/** Sends 10 M frames over loopback and prints by how much the heap grew, after a warm-up. */
import { dial } from "../../../lib/transport/dial.ts";
import { listen } from "../../../lib/transport/listen.ts";
import { defineService, raw } from "../../../lib/transport/service.ts";
import type { Connection } from "../../../lib/transport/connection.ts";

const collectGarbage = (globalThis as unknown as { gc: () => void }).gc;
const service = defineService({ name: "flat", kinds: { data: raw(0x20) } });
const { data } = service.kinds;
let frames = 0;
const handlers = { data: () => void frames++ };
const both = Promise.withResolvers<Connection<typeof service.kinds>>();
const server = listen(service, {}, (connection) => {
  both.resolve(connection);
  return handlers;
});
const client = await dial(service, { ...server.address, clientId: "ada" }, () => handlers);
const from = Deno.args[0] === "to-server" ? client : await both.promise;

async function send(count: number): Promise<void> {
  for (let i = 0; i < count;) {
    const writer = from.reserve(data, 63);
    if (writer === undefined) {
      await from.writable();
      continue;
    }
    writer.setUint32(0, i++);
    writer.commit();
  }
}

function heapBytes(): number {
  collectGarbage();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** A PING overtakes what waits, so one answer is not enough. */
async function allHandled(count: number): Promise<void> {
  while (frames < count) await from.ping();
}

await send(1_000_000);
await allHandled(1_000_000);
const before = heapBytes();
frames = 0;
await send(10_000_000);
await allHandled(10_000_000);
const grownBytes = heapBytes() - before;
await client.close();
await server.close();
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ frames, grownBytes })));
