import assert from "node:assert/strict";
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import { shuffleService } from "../../../lib/mapreduce/engine/protocol.ts";
import { ShuffleLines } from "../../../lib/mapreduce/engine/shuffle_lines.ts";
import { listen } from "../../../lib/transport/listen.ts";
import { MemoryNetwork } from "../../../lib/transport/memory_network.ts";

Deno.test("ShuffleLines.to() gives a worker up that lives and does not answer, for some time", async () => {
  const clock = new FakeClock();
  const network = new MemoryNetwork({ clock });
  let asked = 0;
  const handlers = { fetch: () => void asked++ };
  const options = { network, clock, insecure: true, tokens: undefined };
  const server = listen(shuffleService, options, () => handlers);
  const lines = new ShuffleLines({ clock, network, token: undefined, id: "me" });
  const name = { epoch: 1, kind: "map", task: 0, attempt: 1 } as const;
  const source = { name, worker: "w", ...server.address };
  const run = async () => {
    const line = await lines.to(source);
    return await line?.ask(shuffleService.kinds.fetch, { name, partition: 0 }, () => {});
  };
  const end = await clock.runUntil(run());
  assert.equal(end?.failure?.code, "line");
  assert.equal(asked, 1);
  assert.equal(await lines.to(source), undefined);
  await clock.runUntil(lines.close());
  await clock.runUntil(server.close());
});
