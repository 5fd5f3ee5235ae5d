/** `mapreduce` when disks are full and files are not what they should be. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { generateWet, wetFile } from "../mapreduce/generate_wet.ts";
import { canMount, smallDisk } from "./library/small_disk.ts";
import { attemptsOf, withRoom } from "./mapreduce_room.ts";
import { runTram } from "./processes.ts";

const INPUTS = 8;

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
    room.writeInputs(8, 200_000);
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
    Deno.symlinkSync(path("none"), path("006")); // leads nowhere
    Deno.mkdirSync(path("007"));
    names.push("004", "006", "007");
    await using run = await room.run(["--job", "index", "--verify-inputs"]);
    await using _ = await room.worker(run, ["--input-root", copies]);
    const end = await run.ended();
    assert.equal(end.code, 0, end.stderr);
    const bytes = names.reduce((sum, name) => sum + Deno.statSync(original(name)).size, 0);
    assert.equal(end.summary["sentInputBytes"], bytes);
    assert.deepEqual(room.output(), await room.oracle(["--job", "index"]));
  }));

for (const onError of ["fail", "skip"] as const) {
  Deno.test(`mapreduce run --on-error ${onError} names an input that has changed meanwhile`, () =>
    withRoom(async (room) => {
      room.writeInputs(2, 20_000);
      const changed = `${room.folder}/in/001.warc.wet`;
      await using run = await room.run(["--job", "index", "--on-error", onError]);
      Deno.truncateSync(changed, 10_000);
      await using _ = await room.worker(run);
      const end = await run.ended();
      assert.equal(end.code, onError === "fail" ? 1 : 3, end.stderr);
      const says = `${changed}: has changed: it had \\d+ bytes, has 10000`;
      assert.match(end.stderr, new RegExp(`: ${says}\n$`));
      const output = room.output();
      assert.equal(output["_SUCCESS"], undefined);
      if (onError === "fail") return;
      const [lost] = end.summary["lost"] as { inputs: string[] }[];
      assert.deepEqual(lost?.inputs, [changed]);
      assert.match(output["_PARTIAL"] ?? "", /has changed/);
    }));
}
