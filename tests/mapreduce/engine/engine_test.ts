import assert from "node:assert/strict";
import { EngineWorld, randomTexts } from "./engine_world.ts";
import { Random } from "../../random.ts";

const texts = randomTexts(new Random(7), 8, 200);

Deno.test("Coordinator.run() with two workers gives what the plain way gives", async () => {
  await using world = new EngineWorld({ texts });
  const { result } = world.start();
  await world.clock.advance(0);
  const workers = [world.work(), world.work()];
  const { outcome, attempts, counters, parts } = await world.until(result);
  assert.equal(outcome, "done");
  world.checkOutput();
  assert.equal(attempts, 11);
  assert.equal(counters["map.words"], counters["reduce.values"]);
  assert.equal(parts.length, 3);
  for (const worker of workers) {
    assert.deepEqual(await world.until(worker.end), { outcome: "done" });
    assert.deepEqual(worker.folder.names, []);
    assert(worker.runner.mostRunning <= 2);
  }
});
