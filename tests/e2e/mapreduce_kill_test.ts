/** `mapreduce` when processes die or stand still. */
import assert from "node:assert/strict";
import { Random } from "../random.ts";
import { stopInReduce } from "./mapreduce_stop.ts";
import { attemptsOf, startWorkers, withRoom } from "./mapreduce_room.ts";
import { wait } from "./processes.ts";

const INPUTS = 8;

/** A job that takes a while, so that there is a middle of it. */
const MAP = "tr -s '[:space:]' '\\n'";
const REDUCE = "uniq -c";
const SLOW = ["--mapper", `sleep 0.15; ${MAP}`, "--reducer", `sleep 0.15; ${REDUCE}`];
const QUICK = ["--mapper", MAP, "--reducer", REDUCE];

Deno.test("mapreduce run loses nothing when any worker is killed at any time", () =>
  withRoom(async (room) => {
    room.writeInputs(INPUTS);
    const seed = Deno.pid;
    const random = new Random(seed);
    await using ends = new AsyncDisposableStack();
    const run = ends.use(await room.run(SLOW));
    const workers = await startWorkers(room, run, 3, ends);
    for (let kills = 0; kills < 5; kills++) {
      await wait(random.below(300));
      const victim = random.below(workers.length);
      workers[victim]?.kill("SIGKILL");
      // The new one is not waited for: it comes when the next one dies.
      const worker = room.worker(run);
      worker.catch(() => {}); // the job was over before
      const joined = await Promise.race([worker, run.process.ended]);
      if ("code" in joined) break;
      workers[victim] = ends.use(joined);
    }
    const end = await run.ended();
    assert.equal(end.code, 0, `seed ${seed}: ${end.stderr}`);
    assert.deepEqual(room.output(), await room.oracle(QUICK), `seed ${seed}`);
  }));

Deno.test("mapreduce run makes the map outputs again that were on two of four workers", () =>
  withRoom(async (room) => {
    room.writeInputs(INPUTS);
    const reducer = room.program(
      "reduces",
      `X=$(cat; echo .); until [ -e "$M/open" ]; do sleep 0.05; done; printf %s "\${X%.}" | ${REDUCE}`,
    );
    await using ends = new AsyncDisposableStack();
    const run = ends.use(await room.run(["--mapper", MAP, "--reducer", reducer]));
    const workers = await startWorkers(room, run, 4, ends);
    await run.process.matching(/"change":"started","epoch":1,"kind":"reduce"/);
    for (const worker of workers.slice(0, 2)) worker.kill("SIGKILL");
    Deno.writeTextFileSync(`${room.folder}/reduces/open`, "");
    const end = await run.ended();
    assert.equal(end.code, 0, end.stderr);
    assert.equal(end.events.filter(({ change }) => change === "left").length, 2);
    for (const worker of workers.slice(2)) assert.equal((await worker.ended).code, 0);
    assert.deepEqual(room.output(), await room.oracle(QUICK));
  }));

Deno.test("mapreduce run --resume does nothing again that workers still have", () =>
  withRoom(async (room) => {
    room.writeInputs(INPUTS);
    const reducer = `sleep 0.2; ${REDUCE}`;
    const flags = ["--mapper", MAP, "--reducer", reducer];
    await using ends = new AsyncDisposableStack();
    const run = ends.use(await room.run(flags));
    const workers = await startWorkers(room, run, 2, ends);
    await run.won("reduce", 4); // of those that won last, the journal may know nothing yet
    run.process.kill("SIGKILL");
    await run.process.ended;
    const before = room.output();
    assert.equal(before["_SUCCESS"], undefined);
    const again = ends.use(await room.run([...flags, "--resume"], { port: run.port }));
    const end = await again.ended();
    assert.equal(end.code, 0, end.stderr);
    for (const worker of workers) assert.equal((await worker.ended).code, 0, "it has waited");
    assert.deepEqual(attemptsOf(end, "started", "map"), []);
    const reduces = attemptsOf(end, "won", "reduce").length;
    assert(reduces > 0 && reduces <= 6, `${reduces} of 8 were left`);
    assert.deepEqual(room.output(), await room.oracle(QUICK));
  }));

Deno.test("mapreduce run --resume loses nothing, whenever it is killed with its workers", () =>
  withRoom(async (room) => {
    room.writeInputs(INPUTS);
    const seed = Deno.pid;
    const random = new Random(seed);
    for (let life = 0;; life++) {
      const resumes = life === 0 ? [] : ["--resume"];
      await using run = await room.run([...SLOW, ...resumes], { workers: "2" });
      if (life < 2) {
        await Promise.race([wait(random.below(1000)), run.process.ended]);
        run.process.kill("SIGKILL");
      }
      const { code, stderr } = await run.process.ended;
      if (room.output()["_SUCCESS"] !== undefined) break;
      assert(life < 2, `seed ${seed}: it ended with ${code}: ${stderr}`);
    }
    assert.deepEqual(room.output(), await room.oracle(QUICK), `seed ${seed}`);
  }));

Deno.test("mapreduce run refuses what a worker commits that was stopped and comes back", () =>
  withRoom((room) => stopInReduce(room, "until another has done it")));
