/** Who does what, when all goes well, and when something is slow or gone. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AttemptName } from "../../../lib/mapreduce/engine/attempt_name.ts";
import type { SchedulerAction } from "../../../lib/mapreduce/engine/scheduler_types.ts";
import { SchedulerWorld } from "./scheduler_world.ts";
import { map, reduce, scheduler, short } from "./short_scheduler.ts";

Deno.test("Scheduler runs maps, then reduces, each once", () => {
  const s = scheduler();
  assert.deepEqual(short(s.join("a")), ["start a map 0 #1"]);
  assert.deepEqual(short(s.join("b")), ["start b map 1 #1"]);
  assert.deepEqual(short(s.finish("a", map(0))), ["record a map 0 #1", "moved a map 0 #1"]);
  assert.deepEqual(short(s.finish("b", map(1))), [
    ...["record b map 1 #1", "moved b map 1 #1", "start a reduce 0 #1"],
  ]);
  assert.deepEqual(short(s.finish("a", reduce(0))), ["record a reduce 0 #1", "done"]);
  assert.deepEqual(s.made.counts().done, { map: 2, reduce: 1 });
});

Deno.test("Scheduler starts no reduce before the last map is recorded", () => {
  const s = scheduler({ maps: 1 });
  s.join("a");
  assert.deepEqual(short(s.finishOnly("a", map(0))), ["record a map 0 #1"]);
  assert.deepEqual(short(s.wait(1)), []);
});

Deno.test("Scheduler refuses an attempt that was given up, and takes the one in its place", () => {
  const s = scheduler({ maps: 1 });
  s.join("a");
  s.join("b");
  assert.deepEqual(short(s.wait(30_000)), ["cancel a map 0 #1: no-progress", "start b map 0 #2"]);
  assert.deepEqual(short(s.finishOnly("a", map(0, 1))), ["cancel a map 0 #1: superseded"]);
  assert.equal(s.made.counts().refused, 1);
  assert.deepEqual(short(s.finish("b", map(0, 2))).slice(0, 1), ["record b map 0 #2"]);
});

Deno.test("Scheduler gives an attempt that makes progress all the time it needs", () => {
  const s = scheduler({ maps: 1 });
  s.join("a");
  for (let i = 0; i < 10; i++) {
    assert.deepEqual(short(s.wait(29_000)), []);
    s.progress("a", map(0));
  }
});

Deno.test("Scheduler makes a map output again whose worker died, and goes on with the reduce", () => {
  const s = scheduler({ maps: 1, reduces: 1 });
  s.join("a");
  s.finish("a", map(0));
  s.join("b", 2);
  // a has the reduce; when a dies, both have to be done by b.
  assert.deepEqual(short(s.leave("a")), ["start b map 0 #2"]);
  assert.deepEqual(short(s.finish("b", map(0, 2))), [
    ...["record b map 0 #2", "moved b map 0 #2", "start b reduce 0 #2"],
  ]);
});

Deno.test("Scheduler makes no map output again that no reduce needs", () => {
  const s = scheduler({ maps: 1, reduces: 1 });
  s.join("a");
  s.finish("a", map(0));
  s.join("b", 2);
  s.finishOnly("a", reduce(0));
  assert.deepEqual(short(s.leave("a")), []);
});

Deno.test("Scheduler takes a map output back that returns, and ends the attempt to make it again", () => {
  const s = scheduler({ maps: 1, reduces: 1 });
  s.join("a");
  s.finish("a", map(0));
  s.leave("a");
  s.join("b");
  assert.deepEqual(short(s.join("a", 1, [map(0), map(0, 7)])), [
    "cancel b map 0 #2: another-won",
    "moved a map 0 #1",
    "cancel a map 0 #7: superseded",
    "start b reduce 0 #2",
  ]);
});

Deno.test("Scheduler makes room for a map output that all reduces wait for", () => {
  const s = scheduler({ maps: 1, reduces: 2 });
  s.join("a", 2);
  s.finish("a", map(0));
  assert.deepEqual(short(s.loseOutput(map(0))), [
    "cancel a reduce 1 #1: makes-room",
    "start a map 0 #2",
  ]);
});

Deno.test("Scheduler tries at another worker what takes long, and the first to be through wins", () => {
  const s = scheduler({ maps: 3 });
  s.join("a");
  s.join("b", 2);
  s.wait(100);
  s.finish("b", map(1));
  s.finish("b", map(2));
  assert.deepEqual(short(s.wait(900)), []);
  assert.deepEqual(short(s.wait(1)), ["backup b map 0 #2"]);
  assert.deepEqual(short(s.finishOnly("b", map(0, 2))), [
    ...["cancel a map 0 #1: another-won", "record b map 0 #2"],
  ]);
  assert.equal(s.made.counts().backups, 1);
});

Deno.test("Scheduler tries each late task at another worker, though some take long everywhere", () => {
  const tasks = fc.integer({ min: 1, max: 9 }).chain((count) =>
    fc.tuple(fc.constant(count), fc.uniqueArray(fc.integer({ min: 0, max: count - 1 })))
  );
  fc.assert(
    fc.property(tasks, fc.integer({ min: 1, max: 3 }), ([count, hanging], slots) => {
      const s = scheduler({ maps: count + 1 });
      // By task: since when the fast worker has it; the slow one is at everything all the time.
      const running = new Map<number, { readonly name: AttemptName; sinceMs: number }>();
      let nowMs = 0;
      let done = 0;
      const follow = (actions: readonly SchedulerAction[]) => {
        for (const action of actions) {
          if (action.type === "start" && action.worker === "fast") {
            assert(!running.has(action.name.task), "no task runs twice at one worker");
            running.set(action.name.task, { name: action.name, sinceMs: nowMs });
            assert(running.size <= slots);
          }
          if (action.type === "cancel" && action.worker === "fast") {
            running.delete(action.name.task);
          }
        }
      };
      follow(s.join("slow", count));
      follow(s.join("fast", slots));
      const isLong = (task: number) => task < count && hanging.includes(task);
      const wanted = count + 1 - hanging.length;
      for (; done < wanted && nowMs < 120_000; nowMs += 250) {
        for (let task = 0; task < count; task++) s.progress("slow", map(task));
        for (const [task, { name, sinceMs }] of [...running]) {
          s.progress("fast", name);
          if (isLong(task) || nowMs - sinceMs < 200) continue;
          running.delete(task);
          done++;
          follow(s.finish("fast", name));
        }
        follow(s.wait(250));
      }
      assert.equal(done, wanted, `in ${nowMs} ms`);
      // Each that takes long has kept the slot for about as long as a backup is waited for.
      assert(nowMs <= 1500 * (count + 2), `${nowMs} ms`);
    }),
    { numRuns: 200 },
  );
});

Deno.test("Scheduler gives the slot of a backup that takes long to a task that waits", () => {
  const s = scheduler({ maps: 3 });
  for (const worker of ["a", "b", "c"]) s.join(worker);
  s.finish("b", map(1));
  assert.deepEqual(short(s.wait(1001)), ["backup b map 0 #2"]);
  s.finish("c", map(2));
  assert.deepEqual(short(s.wait(900)), []);
  assert.deepEqual(short(s.leave("c")), []); // too early to say that the backup takes long
  assert.deepEqual(short(s.wait(101)), ["cancel b map 0 #2: makes-room", "start b map 2 #2"]);
  // And when the slot is free again, it is tried once more.
  assert(short(s.finish("b", map(2, 2))).includes("backup b map 0 #3"));
});

Deno.test("Scheduler does not give up a reduce attempt that waits for a map output", () => {
  const s = scheduler({ maps: 1, reduces: 1 });
  s.join("a");
  s.finish("a", map(0));
  s.join("b");
  assert.deepEqual(short(s.loseOutput(map(0))), ["start b map 0 #2"]);
  for (let i = 0; i < 10; i++) {
    s.progress("b", map(0, 2));
    assert.deepEqual(short(s.wait(10_000)), []);
  }
  assert.deepEqual(short(s.finish("b", map(0, 2))), ["record b map 0 #2", "moved b map 0 #2"]);
});

Deno.test("Scheduler resumes: keeps what is done and waits a while for outputs to return", () => {
  const winners = [
    { epoch: 1, kind: "map", task: 0, attempt: 3, worker: "a" },
    { epoch: 1, kind: "reduce", task: 1, attempt: 1, worker: "a" },
  ] as const;
  const s = scheduler({ epoch: 2, maps: 1, reduces: 2, winners });
  assert.deepEqual(short(s.join("b")), []);
  assert.deepEqual(short(s.join("a", 1, [{ ...map(0, 3) }])), [
    ...["moved a map 0 #3", "start b reduce 0 #1"],
  ]);
});

Deno.test("Scheduler resumes: makes outputs again that do not return", () => {
  const winners = [{ epoch: 1, kind: "map", task: 0, attempt: 3, worker: "a" }] as const;
  const s = scheduler({ epoch: 2, maps: 1, winners });
  s.join("b");
  assert.deepEqual(short(s.wait(5000)), ["start b map 0 #1"]);
});

Deno.test("Scheduler ends every job with one winner for each task, whatever workers do", () => {
  const odds = fc.record({
    hang: fc.integer({ min: 0, max: 60 }),
    fail: fc.integer({ min: 0, max: 150 }),
    die: fc.integer({ min: 0, max: 150 }),
    stop: fc.integer({ min: 0, max: 50 }),
    miss: fc.integer({ min: 0, max: 300 }),
    crash: fc.integer({ min: 0, max: 30 }),
    loseOutput: fc.integer({ min: 0, max: 100 }),
    repeat: fc.integer({ min: 0, max: 300 }),
  });
  const sizes = fc.tuple(
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 1, max: 8 }),
    fc.integer({ min: 1, max: 5 }),
  );
  const happened = new Map<string, number>();
  fc.assert(
    fc.property(fc.nat(), odds, sizes, (seed, odds, [maps, reduces, workers]) => {
      const world = new SchedulerWorld(seed, odds, maps, reduces, workers);
      world.run(24 * 3_600_000);
      assert.deepEqual(world.ends, [{ type: "done" }]);
      const tasks = world.recorded.filter(({ kind }) => kind === "reduce").map(({ task }) => task);
      assert.deepEqual(tasks.sort((a, b) => a - b), Array.from({ length: reduces }, (_, i) => i));
      const mapped = new Set(
        world.recorded.filter(({ kind }) => kind === "map").map(({ task }) => task),
      );
      assert.equal(mapped.size, maps);
      for (const [what, count] of Object.entries(world.happened)) {
        happened.set(what, (happened.get(what) ?? 0) + count);
      }
    }),
    { numRuns: 300 },
  );
  for (const [what, count] of happened) assert(count > 20, `${what} happened ${count} times only`);
});
