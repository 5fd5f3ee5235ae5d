/** `mapreduce` when processes die or stand still, disks are full and files are not what they should be. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { Random } from "../fuzz/random.ts";
import { generateWet, wetFile } from "../mapreduce/generate_wet.ts";
import { canMount, smallDisk } from "./library/small_disk.ts";
import { stopInReduce } from "./mapreduce_stop.ts";
import { attemptsOf, type MapreduceRoom, type Run, withRoom } from "./mapreduce_room.ts";
import { runTram, type TramProcess, wait } from "./processes.ts";

const INPUTS = 8;

/** A job that takes a while, so that there is a middle of it. */
const MAP = "tr -s '[:space:]' '\\n'";
const REDUCE = "uniq -c";
const SLOW = ["--mapper", `sleep 0.15; ${MAP}`, "--reducer", `sleep 0.15; ${REDUCE}`];
const QUICK = ["--mapper", MAP, "--reducer", REDUCE];

/** Starts workers that go with `ends`. */
async function start(
  room: MapreduceRoom,
  run: Run,
  count: number,
  ends: AsyncDisposableStack,
): Promise<TramProcess[]> {
  const workers = await Promise.all(Array.from({ length: count }, () => room.worker(run)));
  for (const worker of workers) ends.use(worker);
  return workers;
}

Deno.test("mapreduce run loses nothing when any worker is killed at any time", () =>
  withRoom(async (room) => {
    room.writeInputs(INPUTS);
    const seed = Deno.pid;
    const random = new Random(seed);
    await using ends = new AsyncDisposableStack();
    const run = ends.use(await room.run(SLOW));
    const workers = await start(room, run, 3, ends);
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
    const workers = await start(room, run, 4, ends);
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
    const workers = await start(room, run, 2, ends);
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

Deno.test("mapreduce run --resume loses nothing when the workers died, too", () =>
  withRoom(async (room) => {
    room.writeInputs(INPUTS);
    {
      await using run = await room.run(SLOW, { workers: "2" });
      await run.won("reduce", 4);
      run.process.kill("SIGKILL");
      await run.process.ended;
    }
    await using run = await room.run([...SLOW, "--resume"], { workers: "2" });
    const end = await run.ended();
    assert.equal(end.code, 0, end.stderr);
    assert.deepEqual(room.output(), await room.oracle(QUICK));
  }));

Deno.test("mapreduce run refuses what a worker commits that was stopped and comes back", () =>
  withRoom((room) => stopInReduce(room, "until another has done it")));

Deno.test({
  name: "mapreduce run goes on when the disk of a worker is full",
  ignore: !canMount,
  fn: () =>
    withRoom(async (room) => {
      room.writeInputs(INPUTS, 400_000);
      await using disk = await smallDisk();
      await using ends = new AsyncDisposableStack();
      const run = ends.use(await room.run(["--job", "index"]));
      ends.use(await room.worker(run, [], disk.path));
      ends.use(await room.worker(run));
      const end = await run.ended();
      assert.equal(end.code, 0, end.stderr);
      const failed = attemptsOf(end, "failed");
      assert(failed.length > 0, "the disk was full");
      for (const { message } of failed) assert.match(String(message), /No space left/);
      assert.deepEqual(room.output(), await room.oracle(["--job", "index"]));
    }),
});

Deno.test({
  name: "mapreduce run ends with 1 when the disk of the output is full, and --resume goes on",
  ignore: !canMount,
  fn: () =>
    withRoom(async (room) => {
      room.writeInputs(2, 100_000);
      await using disk = await smallDisk();
      Deno.writeFileSync(`${disk.path}/other`, new Uint8Array(960 * 1024));
      const flags = ["--job", "wordcount", "--workers", "1", "--output", `${disk.path}/out`];
      const full = await runTram(["mapreduce", "run", ...flags, `${room.folder}/in`]);
      assert.equal(full.code, 1);
      assert.match(full.stderr, /tram: Cannot finish the job: .*No space left/);
      Deno.removeSync(`${disk.path}/other`);
      const end = await runTram(["mapreduce", "run", ...flags, "--resume", `${room.folder}/in`]);
      assert.equal(end.code, 0, end.stderr);
      Deno.symlinkSync(`${disk.path}/out`, `${room.folder}/out`);
      assert.deepEqual(room.output(), await room.oracle(["--job", "wordcount"]));
    }),
});

Deno.test("mapreduce run gives what is left of a gzip that is cut or corrupt, ends with 3, and names it", () =>
  withRoom(async (room) => {
    const cut = gzipSync(wetFile({ seed: 1, bytes: 100_000 })).subarray(0, -5000);
    Deno.writeFileSync(`${room.folder}/in/cut.warc.wet.gz`, cut);
    const corrupt = [...generateWet({ seed: 2, bytes: 100_000, members: "record" })];
    const middle = corrupt[Math.floor(corrupt.length / 2)] as Uint8Array;
    middle.fill(0xff, middle.length / 2, middle.length / 2 + 20);
    Deno.writeFileSync(
      `${room.folder}/in/other.warc.wet.gz`,
      new Uint8Array(
        await new Blob(
          corrupt as Uint8Array<ArrayBuffer>[],
        ).arrayBuffer(),
      ),
    );
    room.writeInputs(2);
    await using run = await room.run(["--job", "index"], { workers: "2" });
    const end = await run.ended();
    assert.equal(end.code, 3, end.stderr);
    const problems = end.summary["problems"] as { input: string; code: string }[];
    const named = problems.map(({ input }) => input.split("/").at(-1));
    assert.deepEqual([...new Set(named)].sort(), ["cut.warc.wet.gz", "other.warc.wet.gz"]);
    const output = room.output();
    assert.equal(output["_SUCCESS"], undefined);
    assert.deepEqual(output, await room.oracle(["--job", "index"], 3));
  }));

Deno.test("mapreduce worker uses no copy of an input that is another one", () =>
  withRoom(async (room) => {
    room.writeInputs(6, 200_000);
    const [names, copies] = [["000", "001", "002", "003"], `${room.folder}/copies`];
    Deno.mkdirSync(copies);
    const path = (name: string, folder = copies) => `${folder}/${name}.warc.wet`;
    const original = (name: string) => path(name, `${room.folder}/in`);
    for (const name of ["000", "001", "002", "005"]) Deno.copyFileSync(original(name), path(name));
    const change = (name: string, at: number) => {
      using file = Deno.openSync(path(name), { write: true });
      file.seekSync(at, Deno.SeekMode.Start);
      file.writeSync(new TextEncoder().encode(" other words "));
    };
    change("000", 1000); // near the front
    change("001", 100_000); // neither near the front nor near the end
    Deno.truncateSync(path("002"), 100_000);
    Deno.symlinkSync(original("003"), path("003")); // leads out
    // 004: not there.
    names.push("004");
    await using run = await room.run(["--job", "index", "--verify-inputs"]);
    await using _ = await room.worker(run, ["--input-root", copies]);
    const end = await run.ended();
    assert.equal(end.code, 0, end.stderr);
    const bytes = names.reduce((sum, name) => sum + Deno.statSync(original(name)).size, 0);
    assert.equal(end.summary["sentInputBytes"], bytes);
    assert.deepEqual(room.output(), await room.oracle(["--job", "index"]));
  }));
