/** How runs and inputs come to workers, and what becomes of those on their way. */
import assert from "node:assert/strict";
import { sleep } from "../../../lib/clock/sleep.ts";
import { Random } from "../../random.ts";
import { texts, worldOf } from "./world_of.ts";

Deno.test("Coordinator sends inputs to workers that have no copy", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  world.work({ hasCopies: false });
  assert.equal((await world.until(result)).outcome, "done");
  world.checkOutput();
  assert.equal(world.readBytes, texts.join("").length);
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

Deno.test("Coordinator carries runs to a worker behind a firewall, which tries each other one once", async () => {
  const { world, result } = await worldOf({ partitions: 6 });
  await using _ = world;
  const plan = ({ kind }: { kind: string }) => kind === "map" ? 100 : 800;
  const a = world.work({ plan }, { slots: 1 });
  const b = world.work({ plan }, { slots: 1 });
  // b can reach a, but not the other way round.
  a.machine.unreachable.add(b.machine);
  a.machine.isCutOff = true;
  const { outcome, counters, wallMs } = await world.until(result);
  assert.equal(outcome, "done");
  world.checkOutput();
  assert((counters["shuffle.direct_bytes"] ?? 0) > 0);
  assert((counters["shuffle.relayed_bytes"] ?? 0) > 0);
  assert(wallMs < 8000, `${wallMs} ms`); // one dial in vain is 3 s
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

for (const isRelayed of [false, true]) {
  const how = isRelayed ? "through the coordinator" : "directly";
  Deno.test(`Coordinator goes on in seconds when a source is stopped while it is read ${how}`, async () => {
    const path = { bytesPerSecond: 3000 };
    const { world, result } = await worldOf({ path, partitions: 2 });
    await using _ = world;
    const a = world.work({}, { slots: 1 });
    const b = world.work({}, { slots: 1 });
    const c = world.work({}, { slots: 1 });
    if (isRelayed) {
      for (const one of [a, b, c]) one.machine.unreachable.add(one === a ? b.machine : a.machine);
    }
    await world.untilHolds(() => world.hasStarted("reduce"), "a reduce");
    await world.clock.advance(500);
    const startMs = world.clock.monotonicNs() / 1e6;
    a.machine.stall(); // and it never goes on
    const { outcome } = await world.until(result);
    const tookMs = world.clock.monotonicNs() / 1e6 - startMs;
    assert.equal(outcome, "done");
    assert(tookMs < 25_000, `${tookMs} ms`);

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
