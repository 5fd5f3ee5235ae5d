import assert from "node:assert/strict";
import type { MemoryDisk } from "./memory_disk.ts";
import { FakeRoom } from "../fake_context.ts";
import { displayWidth } from "../../lib/terminal/display_width.ts";
// Bodies are loaded when they are called. That takes real time unless they are there already.
import "../../lib/mapreduce/run.ts";
import "../../lib/mapreduce/worker.ts";
import "../../lib/mapreduce/jobs/built_in/word_count.ts";
import "../../lib/mapreduce/jobs/built_in/count_field.ts";
import "../../lib/mapreduce/jobs/built_in/sort.ts";

/** Long enough for every limit of the engine, in milliseconds. */
const LIMIT_MS = 600_000;

/** A room with three files. */
function room(): FakeRoom {
  const made = new FakeRoom();
  made.inputFiles.put("/data/a.txt", "one two two\nthree three three\n");
  made.inputFiles.put("/data/b.txt", "two\tback\\slash\n");
  made.inputFiles.put("/data/sub/c.txt", "zwei\n");
  return made;
}

/** Runs `tram mapreduce ARGS` to its end. */
async function ended(at: FakeRoom, args: readonly string[], columns?: number) {
  const process = at.run(["mapreduce", ...args], {}, columns);
  const code = await at.clock.runUntil(process.exitCode, LIMIT_MS);
  return { code, out: process.stdout.text, err: process.stderr.text };
}

/** All lines of an output, sorted, without the journal. */
function linesOf(disk: MemoryDisk, folder: string): string[] {
  const parts = Object.entries(disk.texts(folder)).filter(([name]) => name.startsWith("part-"));
  return parts.flatMap(([, text]) => text.split("\n").filter(Boolean)).sort();
}

const COUNT = ["run", "--job", "wordcount", "--output", "out"];
const COUNTED = ["back\\\\slash\t1", "one\t1", "three\t3", "two\t3", "zwei\t1"];

Deno.test("mapreduce run --workers 0 writes parts, escaped, and _SUCCESS, and says what it did", async () => {
  const at = room();
  const { code, out, err } = await ended(at, [...COUNT, "--workers", "0", "--top", "2", "/data"]);
  assert.deepEqual([code, err], [0, ""]);
  const { disk } = at.mapreduceHost;
  assert.deepEqual(linesOf(disk, "out"), COUNTED);
  const names = Object.keys(disk.texts("out"));
  assert.deepEqual(names.slice(0, 3), ["_SUCCESS", "_journal", "part-00000"]);
  assert.equal(names.length, 10, "8 parts");
  assert.match(out, /^wordcount: done in .*, output in out\n/);
  assert.match(out, /\nrecords +4\n/);
  assert.match(out, /\nwords +9\n/);
  assert.match(out, /\ncount {2}key\n {4}3 {2}three\n {4}3 {2}two\n$/);
  assert.deepEqual([...disk.folders], ["out"], "the temporary folder is gone");
});

Deno.test("mapreduce run with workers gives what --workers 0 gives, and a new token to each run", async () => {
  const at = room();
  const { disk, started } = at.mapreduceHost;
  assert.equal((await ended(at, [...COUNT, "--workers", "0", "/data"])).code, 0);
  const again = COUNT.with(-1, "again");
  const { code, out, err } = await ended(at, [...again, "--partitions", "8", "/data"]);
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /^wordcount: done/);
  const files = (folder: string) => ({ ...disk.texts(folder), _journal: "" });
  assert.deepEqual(files("again"), files("out"));
  assert.equal(started.length, 2, "one for each core");
  const args = started[0]?.args.join(" ") ?? "";
  assert.match(args, /^mapreduce worker --token-stdin .*--coordinator 127\.0\.0\.1:\d+ /);
  assert.doesNotMatch(args, /[0-9a-f]{64}/, "no token among the arguments");
  assert.deepEqual(await Promise.all(started.map(({ process }) => process.exitCode)), [0, 0]);
  assert.deepEqual([...disk.folders], ["out", "again"]);
});

Deno.test("mapreduce run --json writes events, the last a summary", async () => {
  const at = room();
  const { code, out } = await ended(at, [...COUNT, "--json", "--top", "1", "/data"]);
  assert.equal(code, 0);
  const events = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(events[0], {
    ...{ type: "plan", job: "wordcount", output: "out", inputs: 3, inputBytes: 50 },
    ...{ maps: 1, partitions: 8 },
  });
  const types = new Set(events.map(({ type }) => type));
  for (const type of ["plan", "listening", "worker", "attempt"]) assert(types.has(type), type);
  const won = events.filter(({ type, change }) => type === "attempt" && change === "won");
  assert.equal(won.length, 9);
  const summary = events.at(-1);
  assert.deepEqual(
    [summary.type, summary.outcome, summary.records, summary.emitted, summary.lines, summary.top],
    ["summary", "done", 4, 9, 5, [{ key: "three", count: 3 }]],
  );
});

Deno.test("mapreduce run takes inputs by --input, several times, and behind the options", async () => {
  const at = room();
  const inputs = ["--input", "/data/a.txt", "-i", "/data/b.txt", "/data/sub"];
  const { code, err } = await ended(at, [...COUNT, "--workers", "0", ...inputs]);
  assert.deepEqual([code, err], [0, ""]);
  assert.deepEqual(linesOf(at.mapreduceHost.disk, "out"), COUNTED);
});

Deno.test("mapreduce run ends with 3 and names what is missing", async () => {
  const at = room();
  at.inputFiles.put("/data/cut.warc", "WARC/1.0\r\nContent-Length: 100\r\n\r\ncut");
  for (const workers of ["0", "2"]) {
    const output = `out${workers}`;
    const args = ["run", "--job", "wordcount", "--output", output, "--workers", workers, "/data"];
    const { code, out, err } = await ended(at, args);
    assert.equal(code, 3);
    assert.match(out, /^wordcount: finished with losses/);
    assert.match(out, /\n1 loss:\n {2}\/data\/cut\.warc: byte 0: /);
    assert.match(err, /^tram: warning: \/data\/cut\.warc: byte 0: .*\n$/);
    const files = at.mapreduceHost.disk.texts(output);
    assert.equal(files["_SUCCESS"], undefined);
    assert.equal(JSON.parse(files["_PARTIAL"] ?? "").problems.length, 1);
  }
});

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
    1,
    /^tram: Cannot find any input: no file matches "\/data\/\*\.wet"\n$/,
  ],
  "an input that is not there": [
    ["--job", "wordcount", "--output", "new", "--input", "/data/x.txt", "/data/a.txt"],
    1,
    /^tram: Cannot find the input "\/data\/x\.txt"\n$/,
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

Deno.test("mapreduce run --resume goes on after an interrupt, which ends with 130", async () => {
  const at = room();
  for (let i = 0; i < 3; i++) at.inputFiles.put(`/data/${i}.txt`, `w${i} `.repeat(300_000));
  const first = at.run(["mapreduce", ...COUNT, "--json", "/data"]);
  first.stdout.matching(/"change":"won"/).then(first.interrupt);
  assert.equal(await at.clock.runUntil(first.exitCode, LIMIT_MS), 130);
  assert.equal(
    JSON.parse(first.stdout.text.trimEnd().split("\n").at(-1) ?? "").outcome,
    "interrupted",
  );
  assert.equal(at.mapreduceHost.disk.texts("out")["_SUCCESS"], undefined);
  const fromNs = at.clock.monotonicNs();
  const { code, out, err } = await ended(at, [...COUNT, "--resume", "/data"]);
  assert.deepEqual([code, err], [0, ""]);
  // The outputs of maps went with the workers.
  assert.doesNotMatch(out, /\nresumed/);
  assert((at.clock.monotonicNs() - fromNs) / 1e6 < 3000, "nobody waits for workers that are dead");
  const all = [...COUNTED, "w0\t300000", "w1\t300000", "w2\t300000"].sort();
  assert.deepEqual(linesOf(at.mapreduceHost.disk, "out"), all);
});

Deno.test("mapreduce run --resume says what was done before, and rates without it", async () => {
  const at = room();
  for (let i = 0; i < 3; i++) at.inputFiles.put(`/data/${i}.txt`, `w${i} `.repeat(300_000));
  assert.equal((await ended(at, [...COUNT, "--workers", "0", "/data"])).code, 0);
  for (const workers of ["0", "2"]) {
    const again = ["--resume", "--json", "--workers", workers, "/data"];
    const { code, out } = await ended(at, [...COUNT, ...again]);
    assert.equal(code, 0);
    const { earlier, attempts, records } = JSON.parse(out.trimEnd().split("\n").at(-1) ?? "");
    assert.deepEqual([earlier.reduces, attempts, records], [8, 0, 7]);
    assert.equal(earlier.storedBytes, 2_700_050);
  }
  const { out } = await ended(at, [...COUNT, "--resume", "--workers", "0", "/data"]);
  assert.match(out, /\nread {6}6 inputs, 2\.6 MiB stored, 2\.6 MiB of text\n/, "no rate");
  assert.match(out, /\nresumed {3}\d maps? of 2\.6 MiB and 8 reduces done before; time, .*\n/);
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

Deno.test("mapreduce run says when --top finds no counts", async () => {
  const at = room();
  const args = ["run", "--job", "domains", "--output", "out", "--workers", "0", "--top", "3"];
  at.inputFiles.put("/empty.txt", "");
  const { out } = await ended(at, [...args, "/empty.txt"]);
  assert.match(out, /\n\nno value of the output is a count\n$/);
});

Deno.test("mapreduce run and worker keep what does not fit into memory in --temp", async () => {
  const at = room();
  const paths: string[] = [];
  const make = at.mapreduceHost.disk.folder.bind(at.mapreduceHost.disk);
  at.mapreduceHost.disk.folder = (path) => {
    paths.push(path);
    return make(path);
  };
  const args = [...COUNT, "--workers", "1", "--temp", "/big disk", "/data"];
  assert.equal((await ended(at, args)).code, 0);
  assert.deepEqual(paths.filter((path) => path !== "out"), ["/big disk/1", "/big disk/2"]);
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

Deno.test("mapreduce run shows phases, rates and what the workers do, within the width", async () => {
  const at = room();
  at.inputFiles.put("/data/large.txt", "some words that are counted\n".repeat(20_000));
  for (const columns of [40, 100]) {
    const { code, err } = await ended(at, [...COUNT.with(-1, `o${columns}`), "/data"], columns);
    assert.equal(code, 0);
    // deno-lint-ignore no-control-regex -- what the screen writes to move and clear
    for (const line of err.split(/\u001b\[\??\w*|\r|\n/)) {
      assert(displayWidth(line) < columns, line);
    }
  }
});

Deno.test("mapreduce worker helps a run that waits for it, with the token of both", async () => {
  const at = room();
  const run = at.run(["mapreduce", ...COUNT, "--workers", "join", "/data"]);
  await at.clock.runUntil(run.stderr.matching(/listening on 127\.0\.0\.1:7790/), LIMIT_MS);
  const args = ["worker", "--coordinator", "127.0.0.1", "--input-root", "/data", "--json"];
  const worker = await ended(at, args);
  assert.equal(worker.code, 0);
  assert.match(worker.out, /^\{"type":"joined".*\n\{"type":"started","epoch":1,"kind":"map"/);
  assert.match(worker.out, /\n\{"type":"over","outcome":"done"\}\n$/);
  assert.equal(await at.clock.runUntil(run.exitCode, LIMIT_MS), 0);
  assert.deepEqual(linesOf(at.mapreduceHost.disk, "out"), COUNTED);
});

Deno.test("mapreduce worker ends with 69 when there is no coordinator for --timeout", async () => {
  const at = room();
  const fromNs = at.clock.monotonicNs();
  const args = ["worker", "--coordinator", "127.0.0.1:4711", "--timeout", "5s"];
  const { code, err } = await ended(at, args);
  assert.equal(code, 69);
  assert.match(
    err,
    /^tram: waiting up to 5 s for the coordinator at 127\.0\.0\.1:4711: connection refused.*\n/,
  );
  assert.match(
    err,
    /\ntram: error: Cannot reach the coordinator at 127\.0\.0\.1:4711 within 5 s: .*\n$/,
  );
  assert((at.clock.monotonicNs() - fromNs) / 1e6 >= 5000);
});

for (
  const [args, says] of [
    [
      ["--input-root", "/nothing"],
      /^tram: Cannot use --input-root \/nothing: there is no such folder/,
    ],
    [
      ["/data/none.txt"],
      /^tram: Cannot use \/data\/none\.txt as copy of an input: there is no such/,
    ],
  ] as const
) {
  Deno.test(`mapreduce worker ends with 2 for ${args.join(" ")}`, async () => {
    const { code, err } = await ended(room(), ["worker", "--coordinator", "127.0.0.1", ...args]);
    assert.match(err, says);
    assert.equal(code, 2);
  });
}
