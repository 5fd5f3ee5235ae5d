/** A worker whose line breaks, or who is told to end, while it makes ready for the job. */
import assert from "node:assert/strict";
import { sleep } from "../../../lib/clock/sleep.ts";
import type { OpenRunner } from "../../../lib/mapreduce/engine/task_runner.ts";
import type { EngineWorld } from "./engine_world.ts";
import { ToyRunner } from "./toy_job.ts";
import { texts, worldOf } from "./world_of.ts";

/** Makes runners that take two seconds to open, and counts them. */
function slowRunners(world: EngineWorld) {
  const counts = { opened: 0, closed: 0 };
  const openRunner: OpenRunner = async ({ partitions }) => {
    counts.opened++;
    await sleep(world.clock, 2000);
    const copies = new Map(texts.map((text, i) => [`/texts/${i}`, text]));
    const runner = new ToyRunner({ clock: world.clock, partitions, copies });
    runner[Symbol.asyncDispose] = () => {
      counts.closed++;
      return Promise.resolve();
    };
    return runner;
  };
  return { counts, openRunner };
}

Deno.test("runWorker() makes ready once when its line breaks meanwhile", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  const { counts, openRunner } = slowRunners(world);
  const worker = world.work({}, { openRunner });
  await world.untilHolds(() => counts.opened === 1, "it begins");
  for (const link of worker.machine.links) link.cut();
  assert.equal((await world.until(result)).outcome, "done");
  assert.equal((await world.until(worker.end)).outcome, "done");
  assert.deepEqual(counts, { opened: 1, closed: 1 });
  world.checkOutput();
});

Deno.test("runWorker() leaves nothing open when it is told to end while it makes ready", async () => {
  const { world } = await worldOf();
  await using _ = world;
  const { counts, openRunner } = slowRunners(world);
  const worker = world.work({}, { openRunner });
  await world.untilHolds(() => counts.opened === 1, "it begins");
  worker.stop();
  await world.until(worker.end.catch(() => {}));
  await world.clock.advance(2000);
  assert.deepEqual(counts, { opened: 1, closed: 1 });
});
