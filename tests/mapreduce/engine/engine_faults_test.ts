import assert from "node:assert/strict";
import fc from "fast-check";
import { sleep } from "../../../lib/clock/sleep.ts";
import { TaskError } from "../../../lib/mapreduce/engine/task_runner.ts";
import { LineError } from "../../../lib/transport/line_error.ts";
import { newToken } from "../../../lib/transport/token.ts";
import { Random } from "../../fuzz/random.ts";
import { EngineWorld, randomTexts } from "./engine_world.ts";

const texts = randomTexts(new Random(7), 8, 200);

/** A world whose coordinator listens. */
async function worldOf(options: Partial<ConstructorParameters<typeof EngineWorld>[0]> = {}) {
  const world = new EngineWorld({ texts, ...options });
  const run = world.start();
  await world.clock.advance(0);
  return { world, ...run };
}

Deno.test("Coordinator sends inputs to workers that have no copy", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  world.work({ hasCopies: false });
  assert.equal((await world.until(result)).outcome, "done");
  world.checkOutput();
  assert.equal(world.readBytes, texts.join("").length);
});

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

Deno.test("Coordinator goes on when a shuffle source is killed while it is read", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  const victim = world.work();
  world.work({ plan: ({ kind }) => kind === "reduce" ? 3000 : 100 });
  await world.untilHolds(() => world.hasStarted("reduce"), "a reduce");
  victim.kill();
  const { outcome, attempts } = await world.until(result);
  assert.equal(outcome, "done");
  assert(attempts > texts.length + 3, `${attempts} attempts`);
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

Deno.test("Coordinator carries runs between workers that cannot reach each other", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  const a = world.work();
  const b = world.work();
  a.machine.unreachable.add(b.machine);
  b.machine.unreachable.add(a.machine);
  const { outcome, counters } = await world.until(result);
  assert.equal(outcome, "done");
  world.checkOutput();
  assert.equal(counters["shuffle.direct_bytes"], 0);
  assert((counters["shuffle.relayed_bytes"] ?? 0) > 0);
});

Deno.test("Coordinator lets workers exchange runs directly when they can", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  world.work();
  world.work();
  const { counters } = await world.until(result);
  assert((counters["shuffle.direct_bytes"] ?? 0) > 0);
  assert.equal(counters["shuffle.relayed_bytes"], 0);
});

Deno.test("Coordinator resumes after its death and takes map outputs of workers that are there", async () => {
  const { world } = await worldOf();
  await using _ = world;
  const plan = () => 1000;
  const workers = [world.work({ plan }), world.work({ plan })];
  await world.untilHolds(() => world.hasStarted("reduce"), "a reduce");
  world.crash();
  await world.clock.advance(500);
  const { result } = world.start({ isResumed: true });
  const { outcome, attempts } = await world.until(result);
  assert.equal(outcome, "done");
  assert.equal(attempts, 3); // the reduces only
  world.checkOutput();
  for (const { end } of workers) assert.deepEqual(await world.until(end), { outcome: "done" });
});

Deno.test("Coordinator resumes with other workers: keeps outputs, makes the rest again", async () => {
  const { world } = await worldOf();
  await using _ = world;
  const plan = ({ task }: { task: number }) => 500 + 2000 * task;
  const worker = world.work({ plan });
  const isFirstPart = () => world.output.names.includes("part-00000");
  await world.untilHolds(isFirstPart, "the first part");
  const before = world.output.text("part-00000");
  await world.clock.advance(100);
  world.crash();
  worker.kill();
  await world.clock.advance(100);
  const { result } = world.start({ isResumed: true });
  await world.clock.advance(0);
  world.work();
  const { outcome, attempts } = await world.until(result);
  assert.equal(outcome, "done");
  assert.equal(world.output.text("part-00000"), before);
  assert.equal(attempts, texts.length + 2);
  world.checkOutput();
});

Deno.test("Coordinator refuses to resume another job, and to begin where one has begun", async () => {
  const { world, result, stop } = await worldOf();
  await using _ = world;
  stop();
  assert.equal((await world.until(result)).outcome, "interrupted");
  await assert.rejects(world.until(world.start().result), { name: "JournalError" });
  const plan = { ...world.plan, partitions: 9 };
  const other = world.start({ isResumed: true, plan });
  await assert.rejects(world.until(other.result), /inputs, job or options/);
  const again = world.start({ isResumed: true });
  await world.clock.advance(0);
  world.work();
  assert.equal((await world.until(again.result)).outcome, "done");
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

Deno.test("Coordinator fails when its disk is full, says so, and can be resumed", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  world.output.limitBytes = 4000;
  world.work();
  const { outcome, code, message } = await world.until(result);
  assert.deepEqual([outcome, code], ["failed", "disk"]);
  assert.match(message ?? "", /^Cannot write \/memory\/\S+: no space left on device$/);
  world.output.limitBytes = Infinity;
  const again = world.start({ isResumed: true });
  await world.clock.advance(0);
  world.work();
  assert.equal((await world.until(again.result)).outcome, "done");
  world.checkOutput();
});

Deno.test("Coordinator refuses a worker that was stopped and comes back with a late result", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  const stopped = world.work({ plan: () => 500 });
  await world.untilHolds(() => stopped.runner.started.length === 2, "its maps");
  stopped.machine.stall();
  const plan = () => 4000;
  world.work({ plan });
  await world.clock.advance(16_000);
  const left = world.events.find((event) => event.type === "worker" && event.change === "left");
  assert(left !== undefined, "the stopped one was given up");
  stopped.machine.resume();
  assert.equal((await world.until(result)).outcome, "done");
  world.checkOutput();
  const joins = world.events.filter((event) =>
    event.type === "worker" && event.change === "joined" && event.worker === stopped.id
  );
  assert.equal(joins.length, 2);
});

Deno.test("Coordinator gives an attempt up that hangs while its worker lives", async () => {
  const { world, result } = await worldOf({ texts: texts.slice(0, 1) });
  await using _ = world;
  world.work({ plan: ({ kind, attempt }) => kind === "map" && attempt === 1 ? "hang" : 100 });
  const { outcome, attempts, wallMs } = await world.until(result);
  assert.deepEqual([outcome, attempts], ["done", 1 + 1 + 3]);
  assert(wallMs > 30_000 && wallMs < 40_000, `${wallMs}`);
  world.checkOutput();
});

Deno.test("Coordinator takes the backup attempt when it is through first", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  const slow = world.work({ plan: ({ task }) => task === 0 ? 25_000 : 200 });
  world.work({ plan: () => 200 });
  const { outcome, backups, wallMs } = await world.until(result);
  assert.equal(outcome, "done");
  assert(backups >= 1);
  assert(wallMs < 10_000, `${wallMs}`);
  world.checkOutput();
  assert(slow.events.some((event) => event.type === "cancelled"));
});

Deno.test("Coordinator takes workers that come late", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  world.work({ plan: () => 1000 }, { slots: 1 });
  await world.clock.advance(1500);
  const late = world.work({ plan: () => 1000 });
  assert.equal((await world.until(result)).outcome, "done");
  assert(late.runner.started.length > 0);
  world.checkOutput();
});

Deno.test("Coordinator fails when no worker comes", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  const { outcome, code, message } = await world.until(result);
  assert.deepEqual([outcome, code, message], ["failed", "no-workers", "No worker for 60 s"]);
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

Deno.test("Coordinator refuses the map output of an attempt that another one has beaten", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  const slow = world.work({ plan: () => 500 }, { slots: 1 });
  await world.untilHolds(() => slow.runner.started.length === 1, "its map");
  slow.machine.stall(); // not so long that the line is given up
  world.work({ plan: ({ kind }) => kind === "map" ? 100 : 8000 });
  await world.untilHolds(() => world.hasStarted("reduce"), "the reduces");
  assert(slow.folder.names.includes("e1-map-0-a1"), "it is through, and nobody knows");
  slow.machine.resume();
  await world.clock.advance(100);
  assert(!slow.folder.names.includes("e1-map-0-a1"), "what was refused is taken away");
  const { outcome, refused } = await world.until(result);
  assert.equal(outcome, "done");
  assert(refused > 0);
  world.checkOutput();
});

for (const isRelayed of [false, true]) {
  const how = isRelayed ? "through the coordinator" : "directly";
  Deno.test(`Coordinator tells reducers where a run is whose source died while it came ${how}`, async () => {
    // So slow that the source dies in the middle.
    const path = { bytesPerSecond: 3000 };
    const { world, result } = await worldOf({ path, partitions: 2 });
    await using _ = world;
    const a = world.work({}, { slots: 1 });
    const b = world.work({}, { slots: 1 });
    if (isRelayed) {
      a.machine.unreachable.add(b.machine);
      b.machine.unreachable.add(a.machine);
    }
    await world.untilHolds(() => world.hasStarted("reduce"), "a reduce");
    await world.clock.advance(800);
    const reducesBefore = b.runner.started.filter(({ kind }) => kind === "reduce").length;
    assert.equal(reducesBefore, 0, "the runs are on their way");
    a.kill();
    const { outcome, wallMs } = await world.until(result);
    assert.equal(outcome, "done");
    assert(wallMs < 25_000, `nobody waited until it was given up: ${wallMs} ms`);
    world.checkOutput();
  });
}

Deno.test("Coordinator and workers move more than the credit of a line, in each way", async () => {
  const random = new Random(3);
  const long = Array.from(
    { length: 4 },
    () => Array.from({ length: 60_000 }, () => `w${random.below(1e9)}`).join(" "),
  );
  const { world, result } = await worldOf({ texts: long, partitions: 2 });
  await using _ = world;
  const a = world.work({ hasCopies: false });
  const b = world.work({ hasCopies: false });
  a.machine.unreachable.add(b.machine);
  b.machine.unreachable.add(a.machine);
  assert.equal((await world.until(result, 100_000)).outcome, "done");
  world.checkOutput();
});

Deno.test("Coordinator waits for a worker that looks for its copy, or gets it slowly, for long", async () => {
  const long = [Array.from({ length: 12_000 }, (_, i) => `w${i}`).join(" ")];
  // 71 kB at 1.5 kB/s are more than the time for an attempt without progress.
  const { world, result } = await worldOf({ texts: long, back: { bytesPerSecond: 1500 } });
  await using _ = world;
  const ownCopy = async () => {
    await sleep(world.clock, 100_000);
    return undefined;
  };
  world.work({}, { ownCopy });
  const { outcome, attempts } = await world.until(result);
  assert.deepEqual([outcome, attempts], ["done", 4]);
  world.checkOutput();
});

Deno.test("Coordinator makes an output again that is not what the journal says", async () => {
  const { world } = await worldOf();
  await using _ = world;
  const worker = world.work({ plan: ({ kind, task }) => kind === "map" ? 100 : 500 + 3000 * task });
  await world.untilHolds(() => world.output.names.includes("part-00000"), "the first part");
  await world.clock.advance(100);
  world.crash();
  const text = world.output.text("part-00000") ?? "";
  world.output.put("part-00000", text.replace("w", "v"));
  await world.clock.advance(100);
  const { result } = world.start({ isResumed: true });
  assert.equal((await world.until(result)).outcome, "done");
  assert.equal((await world.until(worker.end)).outcome, "done");
  world.checkOutput();
});

Deno.test("Coordinator resumes again and again, and a job that is over at once", async () => {
  const { world } = await worldOf();
  await using _ = world;
  world.work({ plan: () => 700 });
  for (let i = 0; i < 3; i++) {
    await world.clock.advance(1500);
    world.crash();
    await world.clock.advance(300);
    world.start({ isResumed: true }).result.catch(() => {});
    await world.clock.advance(0);
  }
  await world.untilHolds(() => world.output.names.includes("_SUCCESS"), "the end");
  world.checkOutput();
  await world.clock.advance(1000);
  const { outcome, attempts, parts, counters } = await world.until(
    world.start({ isResumed: true }).result,
  );
  assert.deepEqual([outcome, attempts, parts.length], ["done", 0, 3]);
  assert.equal(counters["map.words"], counters["reduce.values"]);
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
