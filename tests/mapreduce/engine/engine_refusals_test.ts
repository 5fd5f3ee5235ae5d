/** What a coordinator does not take: frames that do not fit their kind, and other versions. */
import assert from "node:assert/strict";
import type { AttemptName } from "../../../lib/mapreduce/engine/attempt_name.ts";
import type { JobResult } from "../../../lib/mapreduce/engine/job_result.ts";
import type { RunMap, RunReduce } from "../../../lib/mapreduce/engine/messages.ts";
import { mapreduceService } from "../../../lib/mapreduce/engine/protocol.ts";
import type { Connection } from "../../../lib/transport/connection.ts";
import { dial } from "../../../lib/transport/dial.ts";
import { LineError } from "../../../lib/transport/line_error.ts";
import { Random } from "../../random.ts";
import { EngineWorld, randomTexts } from "./engine_world.ts";
import { ToyRunner } from "./toy_job.ts";

const { kinds } = mapreduceService;
const texts = randomTexts(new Random(7), 4, 100);

/** A world whose coordinator listens. */
async function worldOf() {
  const world = new EngineWorld({ texts });
  const { result } = world.start();
  await world.clock.advance(0);
  return { world, result };
}

/** A worker that only says what the test makes it say. */
async function stranger(world: EngineWorld, worker = "stranger") {
  const address = world.events.find((event) => event.type === "listening")?.address;
  assert(address !== undefined);
  const given: AttemptName[] = [];
  const run = ({ name }: RunMap | RunReduce) => void given.push(name);
  const nothing = () => {};
  const { clock, network, token } = world;
  const connection: Connection<typeof kinds> = await world.until(
    dial(
      mapreduceService,
      { ...address, clock, network, token, clientId: "stranger" },
      () => ({
        ...{ job: nothing, runMap: run, runReduce: run, moved: nothing, cancel: nothing },
        ...{ over: nothing, fetch: nothing, data: nothing, dataEnd: nothing },
      }),
    ),
  );
  const who = { worker, host: "far", pid: 1, slots: 1 };
  connection.send(kinds.join, { ...who, shuffleHost: "", shufflePort: 0, run: "", holds: [] });
  await world.clock.advance(10);
  return { connection, given };
}

/** The job must end well, in spite of all. */
async function checkEnd(world: EngineWorld, result: Promise<JobResult>): Promise<JobResult> {
  const end = await world.until(result);
  assert.equal(end.outcome, "done");
  world.checkOutput();
  return end;
}

const none = { counters: {}, skipped: [] } as const;

Deno.test("Coordinator refuses REDUCE_DONE of a map attempt and goes on", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  const { connection, given: [name] } = await stranger(world);
  assert(name?.kind === "map");
  connection.send(kinds.reduceDone, { name, bytes: 0, crc32: 0, ...none });
  const { code } = await world.until(connection.closed);
  assert.equal(code, "bad-message");
  world.work();
  await checkEnd(world, result);
});

Deno.test("Coordinator refuses MAP_DONE of a reduce attempt, keeps it out of the journal and goes on", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  world.work({ plan: ({ kind }) => kind === "map" ? 100 : 20_000 }, { slots: 1 });
  await world.untilHolds(() => world.hasStarted("reduce"), "a reduce");
  const { connection, given: [name] } = await stranger(world);
  assert(name?.kind === "reduce");
  const part = { startByte: 0, bytes: 0, records: 0, crc32: 0 };
  connection.send(kinds.mapDone, { name, parts: [part, part, part], ...none, problems: [] });
  const { code } = await world.until(connection.closed);
  assert.equal(code, "bad-message");
  assert.doesNotMatch(world.output.text("_journal") ?? "", /stranger/);
  await checkEnd(world, result);
});

Deno.test("Coordinator takes no word on a map output from an attempt that does not run", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  world.work({ plan: ({ kind }) => kind === "map" ? 100 : 2000 });
  await world.untilHolds(() => world.hasStarted("reduce"), "a reduce");
  const { connection, given } = await stranger(world);
  const name = { epoch: 1, kind: "reduce", task: 0, attempt: 99 } as const;
  const badSource = { epoch: 1, kind: "map", task: 0, attempt: 1 } as const;
  connection.send(kinds.failed, { name, message: "", isWorkers: true, badSource });
  await world.clock.advance(10);
  connection.close();
  await world.until(connection.closed);
  const { attempts, refused } = await checkEnd(world, result);
  const again = given.length; // what the stranger was given and did not do
  assert.deepEqual([attempts, refused], [texts.length + 3 + again, 1]);
});

Deno.test("Coordinator refuses who joins by the id of another worker, which stays", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  world.work({}, { id: "honest", secret: "own" });
  const hasJoined = () =>
    world.events.some((event) => event.type === "worker" && event.worker === "honest");
  await world.untilHolds(hasJoined, "the honest one");
  const { connection, given } = await stranger(world, "honest");
  const { code, by } = await world.until(connection.closed);
  assert.deepEqual([code, by, given], ["mapreduce.not-yours", "peer", []]);
  await checkEnd(world, result);
  const left = world.events.filter((event) => event.type === "worker" && event.change === "left");
  assert.deepEqual(left, []);
});

Deno.test("Coordinator refuses a worker of another version, and both say why", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  const other = world.work({}, { version: "tram 0.0.9, Unicode 3.2" });
  const error = await world.until(other.end).catch((error) => error);
  assert(error instanceof LineError && error.code === "mapreduce.version", String(error));
  assert.match(error.message, /^Cannot take tram 0\.0\.9, Unicode 3\.2: the coordinator has tram /);
  const refusal = world.events.find((event) =>
    event.type === "worker" && event.change === "refused"
  );
  assert(refusal?.type === "worker" && refusal.message === error.message);
  assert.deepEqual(other.runner.started, []);
  world.work();
  await checkEnd(world, result);
});

Deno.test("Attempts tell of as many skipped records as a frame holds", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  class Skipping extends ToyRunner {
    override async runReduce(...args: Parameters<ToyRunner["runReduce"]>) {
      const { counters } = await super.runReduce(...args);
      const skipped = Array.from({ length: 1000 }, (_, i) => ({ message: `key ${i}`.repeat(50) }));
      return { counters, skipped } as never;
    }
  }
  const copies = new Map(texts.map((text, i) => [`/texts/${i}`, text]));
  const runner = new Skipping({ clock: world.clock, partitions: 3, copies });
  world.work({}, { openRunner: () => Promise.resolve(runner) });
  const { outcome, skipped, counters } = await world.until(result);
  assert.equal(outcome, "partial");
  assert(skipped.length > 300);
  assert.equal(skipped.length + (counters["report.skipped_left_out"] ?? 0), 3000);
});

Deno.test("Attempts cut a status that a frame cannot hold", async () => {
  const { world, result } = await worldOf();
  await using _ = world;
  class Talking extends ToyRunner {
    override runMap(...[work, handle]: Parameters<ToyRunner["runMap"]>) {
      const progress = () => handle.progress(1, 1, "x".repeat(20_000));
      return super.runMap(work, { ...handle, progress });
    }
  }
  const copies = new Map(texts.map((text, i) => [`/texts/${i}`, text]));
  const runner = new Talking({ clock: world.clock, partitions: 3, copies, plan: () => 1500 });
  world.work({}, { openRunner: () => Promise.resolve(runner) });
  const { attempts } = await checkEnd(world, result);
  assert.equal(attempts, texts.length + 3);
});
