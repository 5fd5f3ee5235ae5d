import assert from "node:assert/strict";
import { collectService } from "../../lib/collect/protocol.ts";
import { MemoryStore } from "../../lib/collect/store/memory_store.ts";
import { dial } from "../../lib/transport/dial.ts";
import { until } from "../transport/world.ts";
import { CollectWorld } from "./collect_world.ts";

/** A store whose reports take until they are let go, and fail when they are told to. */
class SlowStore extends MemoryStore {
  readonly waiting: ((error?: Error) => void)[] = [];

  override async report(query: Parameters<MemoryStore["report"]>[0]) {
    await new Promise<void>((resolve, reject) => {
      this.waiting.push((error) => error === undefined ? resolve() : reject(error));
    });
    return await super.report(query);
  }
}

Deno.test("a server of collect reads its store for one asker at a time, also when that fails", async () => {
  const store = new SlowStore();
  const world = new CollectWorld({}, store);
  world.serve();
  const { network, clock } = world;
  const ended: string[] = [];
  let answers = 0;
  const askers = await Promise.all(["ada", "bob", "cyd"].map(async (clientId) => {
    const options = { host: "127.0.0.1", port: 7777, clientId, network, clock };
    const connection = await dial(
      collectService,
      options,
      () => ({ reported: () => void answers++ }),
    );
    connection.closed.then(({ code }) => ended.push(code));
    connection.send(collectService.kinds.report, {});
    return connection;
  }));
  await until(() => store.waiting.length > 0, "the first report");
  for (let turns = 0; turns < 100; turns++) await Promise.resolve();
  assert.equal(store.waiting.length, 1);
  store.waiting.shift()?.();
  await until(() => answers === 1 && store.waiting.length === 1, "the second report");
  store.waiting.shift()?.(new Error("no"));
  await until(() => store.waiting.length === 1, "the third report");
  store.waiting.shift()?.();
  await until(() => answers === 2, "the third answer");
  await clock.runUntil(Promise.all(askers.map((asker) => asker.close())));
  assert.deepEqual(ended.sort(), ["done", "done", "overloaded"]);
  await world.stopServer("close");
});
