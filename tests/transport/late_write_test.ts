import assert from "node:assert/strict";
import { settle } from "../../lib/clock/fake_clock.ts";
import type { ByteStream, Network } from "../../lib/transport/network.ts";
import { connectPair, memoryWorld, testService, type World } from "./world.ts";

/** A stream whose peer may have read what was written, and answered, before the writer is told. */
function late(stream: ByteStream): ByteStream {
  return {
    peer: stream.peer,
    read: (into) => stream.read(into),
    async write(bytes) {
      const count = await stream.write(bytes);
      for (let turn = 0; turn < 5; turn++) await settle();
      return count;
    },
    closeWrite: () => stream.closeWrite(),
    close: () => stream.close(),
  };
}

/** A world in which writes end late, as they do over TLS. */
function lateWorld({ server, client }: { server: boolean; client: boolean }): World {
  const world = memoryWorld();
  const { network } = world;
  const lateNetwork: Network = {
    isEncrypted: false,
    listen(address) {
      const listener = network.listen(address);
      return {
        address: listener.address,
        async accept() {
          const stream = await listener.accept();
          return stream === undefined || !server ? stream : late(stream);
        },
        close: () => listener.close(),
      };
    },
    async connect(address, signal) {
      const stream = await network.connect(address, signal);
      return client ? late(stream) : stream;
    },
  };
  return { ...world, network: lateNetwork };
}

for (const at of ["server", "client", "both"] as const) {
  Deno.test(`close() is a goodbye to both where writes end late: ${at}`, async () => {
    const world = lateWorld({ server: at !== "client", client: at !== "server" });
    const { server, client, served } = await connectPair(world, testService, {
      server: { note() {} },
    });
    client.send(testService.kinds.note, "a");
    const report = await client.close({ code: "done", message: "that was all" });
    assert.deepEqual([report.code, report.by, report.confirmed], ["done", "here", true]);
    const other = await served.closed;
    assert.deepEqual([other.code, other.message, other.by], ["done", "that was all", "peer"]);
    await server.close();
    assert.equal(world.clock.pendingTimers, 0, "a timer was left");
  });
}
