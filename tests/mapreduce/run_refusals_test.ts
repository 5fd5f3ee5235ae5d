/** What `tram mapreduce run` refuses, gives up, and survives. */
import assert from "node:assert/strict";
import { COUNT, COUNTED, ended, LIMIT_MS, linesOf, room } from "./run_room.ts";

const WRONG: Readonly<Record<string, readonly [readonly string[], number, RegExp]>> = {
  "an unknown job": [
    ["--job", "wordcont", "--output", "new", "/data"],
    2,
    /^tram: Cannot run the job "wordcont": wanted .*; did you mean "wordcount"\?\n$/,
  ],
  "an output folder that is there": [
    ["--job", "wordcount", "--output", "old", "/data"],
    2,
    /^tram: Cannot write to old: it is there already; name another --output, or .* --resume\n$/,
  ],
  "nothing to resume": [
    ["--job", "wordcount", "--output", "new", "--resume", "/data"],
    2,
    /^tram: Cannot resume new: there is no such folder\n$/,
  ],
  "a folder that is no output": [
    ["--job", "wordcount", "--output", "old", "--resume", "/data"],
    1,
    /^tram: Cannot resume: the output folder has no journal\n$/,
  ],
  "no input": [
    ["--job", "wordcount", "--output", "new"],
    2,
    /^tram: Cannot run a job over nothing/,
  ],
  "a pattern that matches nothing": [
    ["--job", "wordcount", "--output", "new", "/data/*.wet"],
    2,
    /^tram: Cannot find any input: no file matches "\/data\/\*\.wet"\n$/,
  ],
  "an input that is not there": [
    ["--job", "wordcount", "--output", "new", "--input", "/data/x.txt", "/data/a.txt"],
    2,
    /^tram: Cannot find the input "\/data\/x\.txt": there is no such file or folder\n$/,
  ],
  "a job file with a mistake": [
    ["--job", "bad.ts", "--output", "new", "/data"],
    2,
    /^tram: bad\.ts:2:13: .*\n {4}map\(\) \{ 1 2 \},\n {14}\^\n$/,
  ],
  "a largest count where there is none": [
    ["--job", "sort", "--top", "3", "--output", "new", "/data"],
    2,
    /^tram: Cannot show the --top of sort/,
  ],
  "workers that join a run in this process": [
    ["--job", "sort", "--workers", "0", "--port", "1234", "--output", "new", "/data"],
    2,
    /^tram: Cannot let workers join with --workers 0/,
  ],
};

for (const [title, [args, exitCode, says]] of Object.entries(WRONG)) {
  Deno.test(`mapreduce run ends with ${exitCode} for ${title}, and leaves nothing`, async () => {
    const at = room();
    at.texts.set("bad.ts", "export default {\n  map() { 1 2 },\n};\n");
    at.mapreduceHost.disk.folder("old");
    const { code, out, err } = await ended(at, ["run", ...args]);
    assert.match(err, says);
    assert.deepEqual([code, out], [exitCode, ""]);
    assert.deepEqual([...at.mapreduceHost.disk.folders], ["old"]);
  });
}

Deno.test("mapreduce run ends with 69 when no worker comes in time", async () => {
  const at = room();
  const { code, err } = await ended(at, [
    ...COUNT,
    "--workers",
    "join",
    "--timeout",
    "7s",
    "/data",
  ]);
  assert.equal(code, 69);
  assert.match(err, /workers come by "tram mapreduce worker --coordinator 127\.0\.0\.1:7790"\n/);
  assert.match(err, /\ntram: Cannot finish the job: No worker for 7 s\n$/);
  assert.equal(
    at.mapreduceHost.disk.folders.size,
    0,
    "nothing was done that could be gone on with",
  );
});

Deno.test("mapreduce run ends with 1 when its workers cannot start, and says what they said", async () => {
  const at = room();
  at.mapreduceHost.trouble = "tram: Cannot make a temporary folder: no space";
  const { code, err } = await ended(at, [...COUNT, "/data"]);
  assert.equal(code, 1);
  assert.match(
    err,
    /tram: Cannot finish the job: all workers have ended; the last one said: Cannot make a temp.*\n$/,
  );
});

Deno.test("mapreduce run replaces a worker that ends too early", async () => {
  const at = room();
  at.mapreduceHost.dying = 2;
  const { code, err } = await ended(at, [...COUNT, "--workers", "1", "/data"]);
  assert.equal(code, 0);
  assert.equal(at.mapreduceHost.started.length, 3);
  assert.equal(
    err,
    "tram: warning: worker process 9000 ended with 130\n" +
      "tram: warning: worker process 9001 ended with 130\n",
  );
  assert.deepEqual(linesOf(at.mapreduceHost.disk, "out"), COUNTED);
});

Deno.test("mapreduce run leaves no folder behind when no task gets through", async () => {
  const at = room();
  for (const workers of ["0", "2"]) {
    // There are no programs in this room.
    const args = ["run", "--mapper", "wc", "--output", "out", "--workers", workers, "/data"];
    const { code, out, err } = await ended(at, args);
    assert.equal(code, 1, err);
    assert.match(out, /^wc: failed after .*\n$/, `no figures: ${out}`);
    assert.deepEqual([...at.mapreduceHost.disk.folders], []);
  }
});

Deno.test("mapreduce run --insecure lets workers join without a token", async () => {
  const at = room();
  const args = [...COUNT, "--insecure", "--workers", "join", "/data"];
  const run = at.run(["mapreduce", ...args]);
  await at.clock.runUntil(run.stderr.matching(/127\.0\.0\.1:7790 --insecure"/), LIMIT_MS);
  const other = await ended(at, ["worker", "--coordinator", "127.0.0.1", "--insecure"]);
  assert.deepEqual([other.code, /^tram: joined /.test(other.err)], [0, true]);
  assert.equal(await at.clock.runUntil(run.exitCode, LIMIT_MS), 0);
  const own = ["--insecure", "--port", "0", "--output", "own", "/data"];
  assert.equal((await ended(at, [...COUNT.slice(0, 3), ...own])).code, 0, "its own workers, too");
  const { code, err } = await ended(at, [...COUNT, "--insecure", "/data"]);
  assert.match(err, /^tram: Cannot be --insecure where nobody may join/);
  assert.equal(code, 2);
});

Deno.test("mapreduce run says whom it does not let in", async () => {
  const at = room();
  const run = at.run(["mapreduce", ...COUNT, "--workers", "join", "--timeout", "9s", "/data"]);
  await at.clock.runUntil(run.stderr.matching(/listening/), LIMIT_MS);
  at.texts.set("other", `${"ab".repeat(32)}\n`);
  const other = ["worker", "--coordinator", "127.0.0.1", "--token-file", "other"];
  assert.equal((await ended(at, other)).code, 77);
  assert.equal(await at.clock.runUntil(run.exitCode, LIMIT_MS), 69);
  assert.match(run.stderr.text, /\ntram: refused 127\.0\.0\.1:\d+ \(bad-token: /);
});
