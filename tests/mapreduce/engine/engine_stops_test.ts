/** Workers, and coordinators, that are slow, hang, are stopped or come late. */
import assert from "node:assert/strict";
import { EngineWorld } from "./engine_world.ts";
import { texts, worldOf } from "./world_of.ts";

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

Deno.test("Coordinator lets a step be silent for as long as its job may be, and no longer", async () => {
  for (const [quietMs, expected] of [[120_000, 4], [180_000, 5]] as const) {
    const { world, result } = await worldOf({
      texts: texts.slice(0, 1),
      plan: { silenceMs: 120_000 },
    });
    await using _ = world;
    world.work({ plan: ({ kind, attempt }) => kind === "map" && attempt === 1 ? quietMs : 100 });
    const { outcome, attempts } = await world.until(result);
    assert.deepEqual([outcome, attempts], ["done", expected]);
    world.checkOutput();
  }
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

Deno.test("Coordinator that was stopped itself blames nobody for that time", async () => {
  const world = new EngineWorld({ texts });
  await using _ = world;
  let stoppedNs = 0;
  const clock = {
    wallUs: () => world.clock.wallUs(),
    monotonicNs: () => world.clock.monotonicNs() + stoppedNs,
    after: (ms: number, run: () => void) => world.clock.after(ms, run),
  };
  const limits = { taskFailures: 1, noWorkerMs: 10_000 };
  const { result } = world.start({ clock, limits });
  await world.clock.advance(0);
  world.work({ plan: () => 900 }, { slots: 4 });
  world.work({ plan: () => 900 }, { slots: 4 });
  for (let i = 0; i < 3; i++) {
    await world.clock.advance(300);
    stoppedNs += 60e9;
  }
  const { outcome, message } = await world.until(result);
  assert.equal(outcome, "done", message);
  world.checkOutput();
  const failures = world.events.filter((event) =>
    event.type === "worker" && event.change === "shunned" ||
    event.type === "attempt" && event.message === "no-progress"
  );
  assert.deepEqual(failures, []);
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
