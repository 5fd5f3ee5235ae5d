/** A coordinator that dies and is resumed, and its journal. */
import assert from "node:assert/strict";
import { FolderError } from "../../../lib/mapreduce/engine/folder.ts";
import { EngineWorld } from "./engine_world.ts";
import { texts, worldOf } from "./world_of.ts";

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

Deno.test("Coordinator that is resumed has its workers back at once, though long runs are on their way", async () => {
  const long = Array.from(
    { length: 4 },
    (_, i) => Array.from({ length: 8000 }, (_, j) => `w${i}x${j}`).join(" "),
  );
  // A run of 90 kB takes a minute.
  const { world } = await worldOf({ texts: long, partitions: 1, path: { bytesPerSecond: 1500 } });
  await using _ = world;
  const workers = [world.work({}, { slots: 1 }), world.work({}, { slots: 1 })];
  await world.untilHolds(() => world.hasStarted("reduce"), "a reduce");
  await world.clock.advance(5000);
  world.crash();
  await world.clock.advance(500);
  world.events.length = 0;
  world.start({ isResumed: true }).result.catch(() => {});
  await world.clock.advance(4000);
  const joined = world.events.filter((event) => event.type === "worker");
  assert.deepEqual(joined.map(({ change }) => change), ["joined", "joined"]);
  assert(workers.every(({ runner }) => runner.running === 0));
});

Deno.test("Coordinator refuses to resume another job or that of another tram, and to begin where one has begun", async () => {
  const { world, result, stop } = await worldOf();
  await using _ = world;
  stop();
  assert.equal((await world.until(result)).outcome, "interrupted");
  await assert.rejects(world.until(world.start().result), { name: "JournalError" });
  const plan = { ...world.plan, partitions: 9 };
  const other = world.start({ isResumed: true, plan });
  await assert.rejects(world.until(other.result), /inputs, job or options/);
  const newer = world.start({ isResumed: true, version: "tram 99, Unicode 99" });
  await assert.rejects(world.until(newer.result), /tram is of another version/);
  const again = world.start({ isResumed: true });
  await world.clock.advance(0);
  world.work();
  assert.equal((await world.until(again.result)).outcome, "done");
});

Deno.test("Coordinator says that an attempt has won, and where its output is, when the journal has it", async () => {
  const world = new EngineWorld({ texts });
  await using _ = world;
  // The disk is slow, so that whoever does not wait for it is seen.
  world.output.syncMs = { clock: world.clock, ms: 700 };
  let checked = 0;
  const { result } = world.start({
    onEvent(event) {
      if (event.type === "listening") world.listening(event.address);
      if (event.type !== "attempt") return;
      const { kind, task, attempt } = event.name;
      const recorded = world.output.syncedText("_journal") ?? "";
      if (event.change === "won") {
        const line = new RegExp(`"epoch":1,"kind":"${kind}","task":${task},"attempt":${attempt}`);
        assert.match(recorded, line);
        checked++;
      }
      if (event.change === "started" && kind === "reduce") {
        assert.equal(recorded.match(/"kind":"map"/g)?.length, texts.length);
      }
    },
  });
  await world.clock.advance(3000); // its lock and first lines
  world.work();
  world.work();
  assert.equal((await world.until(result)).outcome, "done");
  assert.equal(checked, texts.length + 3);
  world.checkOutput();
});

Deno.test("Coordinator refuses to resume a job that another coordinator is at, which goes on", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  world.work({ plan: () => 500 });
  await world.untilHolds(() => world.hasStarted("map"), "a map");
  const address = { host: "127.0.0.1", port: 0 };
  const second = world.start({ isResumed: true, address, onEvent: () => {} });
  const error = await world.until(second.result).catch((error) => error);
  assert(error instanceof FolderError, String(error));
  assert.equal((await world.until(result)).outcome, "done");
  world.checkOutput();
  const after = world.start({ isResumed: true });
  assert.equal((await world.until(after.result)).outcome, "done");
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

Deno.test("Coordinator that is interrupted writes nothing any more when it has given the folder back", async () => {
  const { world, result, stop } = await worldOf();
  await using _ = world;
  world.work({ plan: ({ task }) => 100 + 200 * task }, { slots: 4 });
  // The disk is slow: some winners are on their way to it, others wait.
  world.output.syncMs = { clock: world.clock, ms: 10_000 };
  await world.clock.advance(1500);
  stop();
  assert.equal((await world.until(result)).outcome, "interrupted");
  const contents = () => world.output.names.map((name) => [name, world.output.text(name)]);
  const before = contents();
  await world.clock.advance(60_000);
  assert.deepEqual(contents(), before);
});

Deno.test("Coordinator takes _SUCCESS away while a part of a job that was over is made again", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  world.work();
  assert.equal((await world.until(result)).outcome, "done");
  await world.output.remove("part-00001");
  world.events.length = 0;
  const again = world.start({ isResumed: true });
  await world.clock.advance(0);
  world.work({ plan: () => 1000 });
  await world.untilHolds(() => world.events.some(({ type }) => type === "attempt"), "an attempt");
  assert(!world.output.names.includes("_SUCCESS"));
  assert.equal((await world.until(again.result)).outcome, "done");
  world.checkOutput();
});

for (const isBack of [true, false]) {
  const what = isBack ? "takes map outputs of a worker that is back" : "makes map outputs again";
  Deno.test(`Coordinator that is resumed waits 5 s, then ${what}`, async () => {
    const { world } = await worldOf();
    await using _ = world;
    const plan = () => 1000;
    const holder = world.work({ plan });
    await world.untilHolds(() => world.hasStarted("reduce"), "a reduce");
    world.crash();
    const { result } = world.start({ isResumed: true });
    const machine = world.coordinatorMachine;
    assert(machine !== undefined);
    holder.machine.unreachable.add(machine);
    world.events.length = 0;
    await world.clock.advance(0);
    world.work({ plan }, { slots: 8 });
    await world.clock.advance(2500); // it tries to come back every two seconds, at most
    if (isBack) holder.machine.unreachable.clear();
    await world.clock.advance(2400);
    assert(!world.hasStarted("map"));
    const { outcome, attempts } = await world.until(result);
    assert.deepEqual([outcome, attempts], ["done", isBack ? 3 : texts.length + 3]);
    world.checkOutput();
  });
}
