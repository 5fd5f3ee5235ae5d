/**
 * Serves connections that another process opens and leaves idle, and prints how much memory this one
 * takes then. With `dial PORT COUNT` it is that other process.
 */
import { dial } from "../../../lib/transport/dial.ts";
import { listen } from "../../../lib/transport/listen.ts";
import { defineService, raw } from "../../../lib/transport/service.ts";

const service = defineService({ name: "idle", kinds: { data: raw(0x20) }, heartbeatMs: 60_000 });
const [role = "", port, count] = Deno.args;

if (role === "dial") {
  const left = Array.from({ length: Number(count) }, (_, i) => i);
  const dialSome = async () => {
    while (left.pop() !== undefined) {
      const options = { host: "127.0.0.1", port: Number(port), clientId: "ada", timeoutMs: 60_000 };
      await dial(service, options, () => ({}));
    }
  };
  await Promise.all(Array.from({ length: 50 }, dialSome));
} else {
  const wanted = Number(role);
  const all = Promise.withResolvers<void>();
  const server = listen(service, { maxClients: wanted, handshakeTimeoutMs: 60_000 }, () => {
    if (server.connections.size === wanted) all.resolve();
    return {};
  });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.filename ?? "", "dial", String(server.address.port), role],
    stdin: "null",
  }).spawn();
  await all.promise;
  (globalThis as unknown as { gc: () => void }).gc();
  const result = { connections: server.connections.size, rssBytes: Deno.memoryUsage().rss };
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(result)));
  child.kill("SIGKILL");
  await child.status;
  Deno.exit(0);
}
