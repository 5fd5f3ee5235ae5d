import assert from "node:assert/strict";
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import { Random } from "../../random.ts";
import { SimDisk } from "./sim_disk.ts";

/** A disk, what is on it, and what those were told who wrote it. */
class World {
  readonly clock = new FakeClock();
  readonly disk: SimDisk;
  readonly content: number[] = [];
  readonly told: string[] = [];

  constructor(seed = 1) {
    this.disk = new SimDisk(this.clock, new Random(seed));
  }

  write(number: number): void {
    const apply = () => Promise.resolve(void this.content.push(number));
    this.disk.commit(apply, () => new Error("full"))
      .then(() => this.told.push(`${number}`), ({ message }) => this.told.push(message));
  }
}

Deno.test("SimDisk commits in the order of the calls, after some time, and says so", async () => {
  const world = new World();
  for (let number = 0; number < 100; number++) world.write(number);
  assert.deepEqual(world.content, []);
  assert.equal(world.disk.waiting, 100);
  await world.clock.advance(1000);
  const all = Array.from({ length: 100 }, (_, number) => number);
  assert.deepEqual(world.content, all);
  assert.deepEqual(world.told, all.map(String));
  assert.equal(world.disk.waiting, 0);
});

Deno.test("SimDisk has the first few of what waited when it crashes, and tells nobody", async () => {
  const lengths = new Set<number>();
  for (let seed = 1; seed <= 20; seed++) {
    const world = new World(seed);
    for (let number = 0; number < 10; number++) world.write(number);
    world.disk.crash();
    await world.clock.advance(1000);
    const { content, told } = world;
    assert.deepEqual(content, Array.from({ length: content.length }, (_, number) => number));
    lengths.add(content.length);
    // What was not begun when it crashed stays as it is; what comes then is committed.
    const before = content.length;
    world.write(77);
    await world.clock.advance(1000);
    assert.deepEqual(content.slice(before), [77]);
    assert.equal(told.at(-1), "77");
  }
  assert.ok(lengths.size > 3, `${[...lengths]}`);
});

Deno.test("SimDisk takes nothing while it is full", async () => {
  const world = new World();
  world.disk.fill(true);
  world.write(1);
  await world.clock.advance(100);
  world.disk.fill(false);
  world.write(2);
  await world.clock.advance(100);
  assert.deepEqual(world.content, [2]);
  assert.deepEqual(world.told, ["full", "2"]);
});

Deno.test("SimDisk is slow as long as it is told to be", async () => {
  const world = new World();
  world.disk.slowDown(true, 500);
  world.write(1);
  await world.clock.advance(499);
  assert.deepEqual(world.content, []);
  await world.clock.advance(10);
  assert.deepEqual(world.content, [1]);
  world.disk.slowDown(false, 0);
  world.write(2);
  await world.clock.advance(10);
  assert.deepEqual(world.content, [1, 2]);
});
