import assert from "node:assert/strict";
import fc from "fast-check";
import { TaskError } from "../../../lib/mapreduce/engine/task_runner.ts";
import { LineError } from "../../../lib/transport/line_error.ts";
import { newToken } from "../../../lib/transport/token.ts";
import { Random } from "../../random.ts";
import { EngineWorld, randomTexts } from "./engine_world.ts";
import { texts, worldOf } from "./world_of.ts";

Deno.test("Coordinator runs each task once when nothing goes wrong, several at a time", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  const workers = [world.work(), world.work()];
  const { attempts, backups, refused } = await world.until(result);
  assert.deepEqual([attempts, backups, refused], [texts.length + 3, 0, 0]);
  assert.deepEqual(workers.map(({ runner }) => runner.mostRunning), [2, 2]);
});

Deno.test("Coordinator goes on when a worker is killed in the middle of a map", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  const [victim] = [world.work(), world.work()];
  await world.untilHolds(() => (victim?.runner.started.length ?? 0) > 2, "some maps");
  victim?.kill();
  assert.equal((await world.until(result)).outcome, "done");
  world.checkOutput();
});

Deno.test("Coordinator goes on when two of four workers are killed", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  const workers = [world.work(), world.work(), world.work(), world.work()];
  await world.clock.advance(150);
  workers[0]?.kill();
  await world.untilHolds(() => world.hasStarted("reduce"), "a reduce");
  workers[3]?.kill();
  assert.equal((await world.until(result)).outcome, "done");
  world.checkOutput();
});

Deno.test("Coordinator goes on without a worker whose disk is full", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  const full = world.work();
  full.folder.limitBytes = 100;
  world.work();
  assert.equal((await world.until(result)).outcome, "done");
  world.checkOutput();
  const failures = world.events.filter((event) =>
    event.type === "attempt" && event.change === "failed"
  );
  assert(failures.length > 0);
  for (const event of failures) {
    assert(event.type === "attempt" && event.worker === full.id, event.type);
    assert.match(event.message ?? "", /no space left/);
  }
});

Deno.test("Coordinator leaves a task out that fails everywhere, if told so, and says what", async () => {
  const { world, result } = await worldOf({ plan: { onError: "skip" } });
  await using _ = world;
  const plan = ({ kind, task }: { kind: string; task: number }) => {
    if (kind === "map" && task === 5) throw new TaskError("the job threw at byte 17");
    return 100;
  };
  world.work({ plan });
  world.work({ plan });
  const { outcome, lost } = await world.until(result);
  assert.equal(outcome, "partial");
  assert.deepEqual(lost, [{ task: 5, message: "the job threw at byte 17" }]);
  assert.equal(world.output.text("_SUCCESS"), undefined);
  assert.match(world.output.text("_PARTIAL") ?? "", /the job threw at byte 17/);
});

Deno.test("runWorker() ends and cleans up when the coordinator stays away", async () => {
  const { world } = await worldOf();
  await using _ = world;
  const worker = world.work({ plan: () => 500 }, { timeoutMs: 5000 });
  await world.untilHolds(() => worker.folder.names.length > 0, "a map output");
  world.crash();
  assert.equal((await world.until(worker.end)).outcome, "lost");
  assert.deepEqual(worker.folder.names, []);
});

Deno.test("runWorker() is refused with another token", async () => {
  const { world } = await worldOf();
  await using _ = world;
  const worker = world.work({}, { token: newToken() });
  const error = await world.until(worker.end).catch((error) => error);
  assert(error instanceof LineError && error.code === "bad-token", String(error));
});

Deno.test("runWorker() says what is wrong when it cannot run the job", async () => {
  const { world } = await worldOf();
  await using _ = world;
  const openRunner = () => Promise.reject(new Error("Cannot run the job: no such job"));
  const worker = world.work({}, { openRunner });
  await assert.rejects(world.until(worker.end), /no such job/);
});

Deno.test("Coordinator gives the plain output whatever goes wrong at random", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const random = new Random(seed);
      await using world = new EngineWorld({
        texts: randomTexts(random, 1 + random.below(10), 60),
        partitions: 1 + random.below(5),
        seed,
      });
      let { result } = world.start({ limits: { taskFailures: 1e6, taskDeaths: 1e6 } });
      await world.clock.advance(0);
      const plan = () => {
        if (random.oneIn(12)) {
          throw new TaskError("the dice said so", { isWorkers: random.oneIn(2) });
        }
        return random.oneIn(40) ? "hang" as const : random.below(1500);
      };
      const newWorker = () => world.work({ plan, hasCopies: random.oneIn(2) });
      const here = [newWorker(), newWorker(), newWorker()];
      for (const one of here) {
        for (const other of here) if (random.oneIn(4)) one.machine.unreachable.add(other.machine);
      }
      let isOver = false;
      const watch = (promise: typeof result) => void promise.then(() => isOver = true, () => {});
      watch(result);
      for (let faults = random.below(8); faults > 0 && !isOver; faults--) {
        await world.clock.advance(random.below(2500));
        const victim = random.pick(here);
        if (isOver) break;
        switch (random.below(5)) {
          case 0:
            victim.kill();
            here[here.indexOf(victim)] = newWorker();
            break;
          case 1:
            victim.machine.stall();
            await world.clock.advance(random.below(15_000));
            victim.machine.resume();
            break;
          case 2:
            for (const link of victim.machine.links) link.cut();
            break;
          case 3:
            victim.folder.limitBytes = random.oneIn(2) ? 500 : Infinity;
            break;
          case 4:
            world.crash();
            await world.clock.advance(random.below(4000));
            result = world.start({
              isResumed: true,
              limits: { taskFailures: 1e6, taskDeaths: 1e6 },
            }).result;
            watch(result);
        }
      }
      for (const { folder } of here) folder.limitBytes = Infinity;
      const { outcome, message } = await world.until(result);
      assert.equal(outcome, "done", message);
      world.checkOutput();
    }),
    { numRuns: 60 },
  );
});

Deno.test("Coordinator sends the bytes of an input whose copy on the only worker has become bad", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  const looks = new Map<string, number>();
  const worker = world.work({}, {
    ownCopy({ name }) {
      const before = looks.get(name) ?? 0;
      looks.set(name, before + 1);
      return Promise.resolve(name === "/texts/2" && before > 0 ? undefined : name);
    },
  });
  const { runner } = worker;
  const runMap = runner.runMap.bind(runner);
  runner.runMap = async (work, handle) => {
    if (work.inputs[0]?.path !== "/texts/2") return await runMap(work, handle);
    throw new TaskError("/texts/2: has changed", { isWorkers: true });
  };
  const { outcome, message } = await world.until(result);
  assert.deepEqual([outcome, message], ["done", undefined]);
  assert.deepEqual([...looks.values()], [1, 1, 2, 1, 1, 1, 1, 1]);
  assert(world.readBytes > 0);
  world.checkOutput();
});
