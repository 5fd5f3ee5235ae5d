/** `tram mapreduce run` from its inputs to its output. */
import assert from "node:assert/strict";
import { displayWidth } from "../../lib/terminal/display_width.ts";
import { COUNT, COUNTED, ended, LIMIT_MS, linesOf, room } from "./run_room.ts";

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

Deno.test("mapreduce run looks for what dead workers have left, before and after its own", async () => {
  const at = room();
  assert.equal((await ended(at, [...COUNT, "/data"])).code, 0);
  const { life } = at.mapreduceHost;
  assert.equal(life[0], "temporary folder", "whose making takes it away");
  assert.deepEqual(life.slice(life.indexOf("worker ended")), [
    ...["worker ended", "worker ended", "temporary folder"],
  ]);
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
  const temps = paths.filter((path) => path !== "out");
  assert.deepEqual(
    temps,
    ["/big disk/1", "/big disk/2", "/big disk/3"],
    "before, during and after",
  );
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
