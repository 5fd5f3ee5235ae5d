import assert from "node:assert/strict";
import { collectService } from "../../lib/collect/protocol.ts";
import { MemoryStore } from "../../lib/collect/store/memory_store.ts";
import { dial } from "../../lib/transport/dial.ts";
import { until } from "../transport/world.ts";
import { CollectWorld } from "./collect_world.ts";

/** A store whose reports take until they are let go, and fail when they are told to. */
class SlowStore extends MemoryStore {
  readonly waiting: ((error?: Error) => void)[] = [];
  /** How many connections were over. */
  seen = 0;

  override async report(query: Parameters<MemoryStore["report"]>[0]) {
    await new Promise<void>((resolve, reject) => {
      this.waiting.push((error) => error === undefined ? resolve() : reject(error));
    });
    return await super.report(query);
  }

  override noteSeen(...args: Parameters<MemoryStore["noteSeen"]>) {
    this.seen++;
    return super.noteSeen(...args);
  }
}

/** A world with a server, and what asks it for a report as `clientId`. */
function reportWorld(store: MemoryStore) {
  const world = new CollectWorld({}, store);
  world.serve();
  const { network, clock } = world;
  const ask = async (clientId: string, onAnswer: () => void) => {
    const options = { host: "127.0.0.1", port: 7777, clientId, network, clock };
    const connection = await dial(collectService, options, () => ({ reported: onAnswer }));
    connection.send(collectService.kinds.report, {});
    return connection;
  };
  return { world, clock, ask };
}

Deno.test("a server of collect reads its store for one asker at a time, also when that fails", async () => {
  const store = new SlowStore();
  const { world, clock, ask } = reportWorld(store);
  const ended: string[] = [];
  let answers = 0;
  const askers = await Promise.all(["ada", "bob", "cyd"].map(async (clientId) => {
    const connection = await ask(clientId, () => answers++);
    connection.closed.then(({ code }) => ended.push(code));
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

Deno.test("a server of collect reads nothing for who has left before it was his turn", async () => {
  const store = new SlowStore();
  const { world, clock, ask } = reportWorld(store);
  let answers = 0;
  const ada = await ask("ada", () => answers++);
  await until(() => store.waiting.length > 0, "the first report");
  const bob = await ask("bob", () => assert.fail("bob is not there any more"));
  const cyd = await ask("cyd", () => answers++);
  await clock.runUntil(bob.abort("lost", "no more"));
  await until(() => store.seen === 1, "bob's leaving");
  store.waiting.shift()?.();
  await until(() => answers === 1 && store.waiting.length > 0, "the next report");
  store.waiting.shift()?.();
  await until(() => answers === 2, "cyd's answer");
  assert.equal(store.waiting.length, 0);
  await clock.runUntil(Promise.all([ada.close(), cyd.close()]));
  await world.stopServer("close");
  assert.deepEqual(world.troubles, []);
});
