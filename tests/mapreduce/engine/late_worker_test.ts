import assert from "node:assert/strict";
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import { mapreduceService } from "../../../lib/mapreduce/engine/protocol.ts";
import { runWorker } from "../../../lib/mapreduce/engine/run_worker.ts";
import { listen } from "../../../lib/transport/listen.ts";
import { MemoryNetwork } from "../../../lib/transport/memory_network.ts";
import { MemoryFolder } from "./memory_folder.ts";

for (const [code, outcome] of [["done", "over"], ["closing", "lost"]] as const) {
  Deno.test(`runWorker() ends with ${outcome} when the coordinator leaves it with ${code}`, async () => {
    const clock = new FakeClock();
    const network = new MemoryNetwork({ clock });
    const nothing = () => {};
    const server = listen(mapreduceService, { clock, network }, (connection) => {
      connection.close({ code, message: "" });
      return {
        ...{ join: nothing, progress: nothing, mapDone: nothing, failed: nothing },
        ...{ output: nothing, reduceDone: nothing, fetch: nothing, read: nothing },
        ...{ data: nothing, dataEnd: nothing },
      };
    });
    const end = runWorker({
      ...{ clock, network, coordinator: server.address, token: undefined, id: "late", pid: 1 },
      ...{ host: "here", slots: 1, shuffleHost: "127.0.0.1", folder: new MemoryFolder() },
      ...{ timeoutMs: 5000, signal: new AbortController().signal },
      openRunner: () => Promise.reject(new Error("there is no job")),
      ownCopy: () => Promise.resolve(undefined),
    });
    const ended = await clock.runUntil(end, 60_000);
    assert.equal(ended.outcome, outcome);
    await clock.runUntil(server.close({ code: "done", message: "" }), 60_000);
  });
}
