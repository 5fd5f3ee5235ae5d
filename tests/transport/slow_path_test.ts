import assert from "node:assert/strict";
import { connectPair, memoryWorld, testService } from "./world.ts";

Deno.test("a large frame on a slow path arrives, though it takes four heartbeats", async () => {
  const world = memoryWorld();
  let received = 0;
  const pair = await connectPair(world, testService, {
    server: { data: (view) => received = view.length },
  });
  const [link] = world.network.links;
  assert(link !== undefined);
  link.there.settings.bytesPerSecond = 50_000;
  // After a read of more than 4 KiB the others get a turn, which the fake clock would not wait for.
  link.there.settings.windowBytes = 4096;
  const payload = new Uint8Array(1_000_000);
  assert(pair.client.send(testService.kinds.data, payload));
  await world.clock.advance(21_000);
  assert.equal(received, payload.length);
  assert(pair.client.isOpen && pair.served.isOpen);
  await world.clock.runUntil(Promise.all([pair.client.close(), pair.server.close()]));
});
