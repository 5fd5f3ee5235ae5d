import assert from "node:assert/strict";
import fc from "fast-check";
import type { AttemptName } from "../../../lib/mapreduce/engine/attempt_name.ts";
import { ENGINE_LIMITS } from "../../../lib/mapreduce/engine/engine_limits.ts";
import { Scheduler } from "../../../lib/mapreduce/engine/scheduler.ts";
import type {
  SchedulerAction,
  SchedulerOptions,
} from "../../../lib/mapreduce/engine/scheduler_types.ts";
import { SchedulerWorld } from "./scheduler_world.ts";

/** A scheduler that is spoken to in short. */
function scheduler(options: Partial<SchedulerOptions> = {}) {
  const made = new Scheduler({
    ...{ maps: 2, reduces: 1, epoch: 1, skipsFailed: false, limits: ENGINE_LIMITS, nowMs: 0 },
    ...options,
  });
  let nowMs = 0;
  return {
    made,
    wait: (byMs: number) => {
      nowMs += byMs;
      return made.handle({ type: "tick" }, nowMs);
    },
    join: (worker: string, slots = 1, holds: readonly AttemptName[] = []) =>
      made.handle({ type: "joined", worker, slots, holds }, nowMs),
    leave: (worker: string) => made.handle({ type: "left", worker }, nowMs),
    progress: (worker: string, name: AttemptName) =>
      made.handle({ type: "progress", worker, name }, nowMs),
    /** Finishes and is recorded. */
    finish: (worker: string, name: AttemptName) => [
      ...made.handle({ type: "finished", worker, name }, nowMs),
      ...made.handle({ type: "recorded", name }, nowMs),
    ],
    finishOnly: (worker: string, name: AttemptName) =>
      made.handle({ type: "finished", worker, name }, nowMs),
    fail: (worker: string, name: AttemptName, isWorkers = false) =>
      made.handle({ type: "failed", worker, name, message: "it broke", isWorkers }, nowMs),
    loseOutput: (name: AttemptName) => made.handle({ type: "output-lost", name }, nowMs),
  };
}

/** Actions in short: `start a map 0 #1`. */
function short(actions: readonly SchedulerAction[]): string[] {
  const of = ({ kind, task, attempt }: AttemptName) => `${kind} ${task} #${attempt}`;
  return actions.map((action) => {
    switch (action.type) {
      case "start":
        return `${action.isBackup ? "backup" : "start"} ${action.worker} ${of(action.name)}`;
      case "cancel":
        return `cancel ${action.worker} ${of(action.name)}: ${action.reason}`;
      case "record":
      case "moved":
        return `${action.type} ${action.winner.worker} ${of(action.winner)}`;
      case "lost":
        return `lost ${action.task}`;
      case "shunned":
        return `shunned ${action.worker}`;
      case "done":
        return "done";
      case "failed":
        return `failed ${action.code}: ${action.message}`;
    }
  });
}

const map = (task: number, attempt = 1): AttemptName => ({ epoch: 1, kind: "map", task, attempt });
const reduce = (task: number, attempt = 1): AttemptName => ({
  ...{ epoch: 1, kind: "reduce", task, attempt },
});

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

Deno.test("Scheduler tries a failed task at another worker and fails the job at the fourth", () => {
  const s = scheduler({ maps: 1 });
  s.join("a");
  s.join("b");
  assert.deepEqual(short(s.fail("a", map(0, 1))), ["start b map 0 #2"]);
  // Then there is nobody who has not failed: a pause.
  assert.deepEqual(short(s.fail("b", map(0, 2))), []);
  assert.deepEqual(short(s.wait(499)), []);
  assert.deepEqual(short(s.wait(1)), ["start a map 0 #3"]);
  s.fail("a", map(0, 3));
  assert.deepEqual(short(s.wait(750)), ["start a map 0 #4"]);
  assert.deepEqual(short(s.fail("a", map(0, 4))), [
    "failed task-failed: Map task 0 cannot be done: it broke",
  ]);
});

Deno.test("Scheduler leaves out a map task that fails four times when it may, and names it", () => {
  const s = scheduler({ skipsFailed: true });
  s.join("a", 2);
  for (let i = 1; i < 4; i++) {
    s.fail("a", map(0, i));
    s.wait(1000);
  }
  assert.deepEqual(short(s.fail("a", map(0, 4))), ["lost 0"]);
  assert.deepEqual(short(s.finish("a", map(1))).at(-1), "start a reduce 0 #1");
});

Deno.test("Scheduler leaves out no task that fails for the worker's reasons", () => {
  const s = scheduler({ skipsFailed: true });
  s.join("a", 2);
  for (let i = 1; i < 4; i++) {
    s.fail("a", map(0, i), true);
    s.wait(1000);
  }
  assert.match(short(s.fail("a", map(0, 4), true)).join(), /failed task-failed/);
});

Deno.test("Scheduler shuns a worker at which four tasks fail, unless it is the last", () => {
  const s = scheduler({ maps: 9, limits: { ...ENGINE_LIMITS, backupMs: 1e9 } });
  s.join("bad");
  s.join("good");
  let shunned: string[] = [];
  let name: AttemptName | undefined = map(0);
  for (let i = 0; i < 4 && name !== undefined; i++) {
    const actions = s.fail("bad", name);
    shunned = short(actions).filter((text) => text.startsWith("shunned"));
    const start = actions.find((action) => action.type === "start" && action.worker === "bad");
    name = start?.type === "start" ? start.name : undefined;
  }
  assert.deepEqual(shunned, ["shunned bad"]);
  assert.equal(name, undefined);
  assert.match(short(s.leave("good")).join(), /start bad map/);
});

Deno.test("Scheduler goes on with the last worker, however many tasks fail there", () => {
  const s = scheduler({ maps: 9, limits: { ...ENGINE_LIMITS, taskFailures: 99 } });
  s.join("a");
  for (let task = 0; task < 6; task++) {
    const text = short(s.fail("a", map(task))).join();
    assert.doesNotMatch(text, /shunned/);
    assert.match(text, new RegExp(`start a map ${task + 1} `));
  }
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

Deno.test("Scheduler fails the job at once when trying again cannot help", () => {
  const s = scheduler();
  s.join("a");
  const event = {
    type: "failed",
    worker: "a",
    name: map(0),
    message: "no",
    isWorkers: false,
  } as const;
  const actions = s.made.handle({ ...event, isFinal: true }, 0);
  assert.match(short(actions).join(), /failed task-failed: Map task 0 cannot be done: no/);
});

Deno.test("Scheduler gives up without workers for a while", () => {
  const s = scheduler();
  assert.deepEqual(short(s.wait(59_999)), []);
  assert.deepEqual(short(s.wait(1)), ["failed no-workers: No worker for 60 s"]);
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

Deno.test("Scheduler does not blame a task when many workers leave at once", () => {
  const s = scheduler({ maps: 1 });
  const workers = Array.from({ length: 40 }, (_, i) => `w${i}`);
  for (const worker of workers) s.join(worker);
  const said = workers.flatMap((worker) => short(s.leave(worker)));
  assert.deepEqual(said.at(-1), "start w39 map 0 #40");
  assert.deepEqual(short(s.join("z")), ["start z map 0 #41"]);
});

Deno.test("Scheduler gives a task up of which workers die one after the other", () => {
  const s = scheduler({ maps: 1 });
  const said: string[] = [];
  for (let i = 0; i < ENGINE_LIMITS.taskDeaths; i++) {
    s.join(`w${i}`);
    s.wait(1000);
    said.push(...short(s.leave(`w${i}`)));
  }
  assert.deepEqual(said, ["failed task-failed: Map task 0 cannot be done: 16 workers died of it"]);
});
