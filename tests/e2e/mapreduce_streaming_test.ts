/** `tram mapreduce map` and `reduce` between other programs of a shell. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { wetFile } from "../mapreduce/generate_wet.ts";
import { mapSortReduce, runStep, runWith, type StepEnd } from "./mapreduce_steps.ts";
import { runTram, tramCommand, withFolder } from "./processes.ts";
import { fromSource } from "./root.ts";
import { countWords, linesOf, text } from "./mapreduce_words.ts";

Deno.test("tram mapreduce map | LC_ALL=C sort | reduce counts words as the oracle does", async () => {
  const input = text(20_000);
  const { stdout, stderr, code } = await mapSortReduce(["--job", "wordcount"], input);
  assert.equal(stdout, countWords(input));
  assert.match(stderr, /^reporter:counter:tram,lines written,\d+$/m);
  assert.equal(code, 0);
});

Deno.test("tram mapreduce map | sort | reduce equals Python's split() over the real WET file", async () => {
  const wet = await Deno.readFile(fromSource("tests/mapreduce/fixtures/whirlwind.warc.wet"));
  const counts: Record<string, number> = JSON.parse(
    await Deno.readTextFile(fromSource("tests/mapreduce/fixtures/whirlwind.counts.json")),
  );
  const { stdout, code } = await mapSortReduce(["--job", "wordcount"], wet);
  assert.equal(stdout, linesOf(new Map(Object.entries(counts))));
  assert.equal(code, 0);
});

Deno.test("tram mapreduce map reads gzip and WARC by what its input begins with", async () => {
  for (const name of ["whirlwind.warc.wet", "whirlwind.warc.wet.gz"]) {
    const wet = await Deno.readFile(fromSource(`tests/mapreduce/fixtures/${name}`));
    const { stdout, code } = await mapSortReduce(["--job", "domains"], wet);
    assert.match(stdout, /^[a-z.]+\t1\n$/);
    assert.equal(code, 0);
  }
});

/** GNU parallel runs a step for each file, as the documentation says. */
async function parallel(folder: string): Promise<StepEnd> {
  const { command, prefix } = tramCommand();
  const tram = [command, ...prefix].join(" ");
  const line = `set -o pipefail
parallel --jobs 2 --halt now,fail=1 '${tram} mapreduce map --job wordcount < {}' ::: ${folder}/*.gz |
  LC_ALL=C sort | ${tram} mapreduce reduce --job wordcount`;
  const end = await runWith("bash", ["-c", line], "", { HOME: folder });
  if (end.code !== 127) return end;
  throw new Error("Cannot run parallel: install GNU parallel (Debian: parallel)");
}

Deno.test("tram mapreduce map under GNU parallel | sort | reduce gives what run gives", () =>
  withFolder(async (folder) => {
    for (let i = 0; i < 4; i++) {
      const wet = gzipSync(wetFile({ seed: i, bytes: 50_000 }));
      await Deno.writeFile(`${folder}/${i}.warc.wet.gz`, wet);
    }
    const inputs = [0, 1, 2, 3].map((i) => `${folder}/${i}.warc.wet.gz`);
    const { stdout, stderr, code } = await parallel(folder);
    assert.equal(code, 0, stderr);
    const flags = ["--job", "wordcount", "--workers", "0", "--partitions", "1"];
    const run = await runTram([
      "mapreduce",
      "run",
      ...flags,
      "--output",
      `${folder}/out`,
      ...inputs,
    ]);
    assert.equal(run.code, 0, run.stderr);
    assert(stdout.length > 10_000);
    assert.equal(stdout, await Deno.readTextFile(`${folder}/out/part-00000`));
    await Deno.truncate(inputs[2] ?? "", 5000);
    const cut = await parallel(folder);
    assert.equal(cut.code, 3);
    assert.match(cut.stderr, /^tram: standard input at byte \d+: /m);
  }));

Deno.test("tram mapreduce map ends with 3 and names the place when its input is cut", async () => {
  const wet = await Deno.readFile(fromSource("tests/mapreduce/fixtures/whirlwind.warc.wet.gz"));
  const { stderr, code } = await runStep("map", ["--job", "wordcount"], wet.subarray(0, -50));
  assert.match(stderr, /^tram: standard input at byte \d+: /m);
  assert.equal(code, 3);
});

Deno.test("tram mapreduce map takes lines of a megabyte", async () => {
  const input = `${"word ".repeat(250_000)}\n${"x".repeat(1_000_000)} y\n`;
  const { stdout } = await mapSortReduce(["--job", "wordcount"], input);
  assert.equal(stdout, `word\t250000\n${"x".repeat(1_000_000)}\t1\ny\t1\n`);
});

Deno.test("tram mapreduce reduce refuses lines that are not sorted", async () => {
  const { stderr, code } = await runStep("reduce", ["--job", "wordcount"], "a\t1\nc\t1\nb\t1\n");
  assert.match(stderr, /^tram: Cannot reduce: line 3 is not sorted; "LC_ALL=C sort" in front/);
  assert.equal(code, 1);
});

Deno.test("tram mapreduce reduce takes lines that Hadoop has sorted by key", async () => {
  const byKey = "a\t1\na\x01\t2\nb\t1\n";
  const { stdout, code } = await runStep("reduce", ["--job", "wordcount"], byKey);
  assert.equal(stdout, byKey);
  assert.equal(code, 0);
});

Deno.test("tram mapreduce map gives nothing for nothing", async () => {
  const { stdout, code } = await runStep("map", ["--job", "wordcount"], "");
  assert.equal(stdout, "");
  assert.equal(code, 0);
});

Deno.test("tram mapreduce map | head ends when nobody reads its output", async () => {
  const { command, args } = shellLine("map --job sort | head -n 1");
  const { stdout, stderr } = await runWith(command, args, "one line\n".repeat(500_000));
  assert.equal(stdout, "one line\t\n");
  assert.equal(stderr, "");
});

/** `tram mapreduce ARGS` for a shell. */
function shellLine(rest: string) {
  const { command, prefix } = tramCommand();
  return { command: "sh", args: ["-c", `${[command, ...prefix].join(" ")} mapreduce ${rest}`] };
}

const WRONG = {
  "no job": [[], /^tram: Cannot run no job: wanted --job wordcount, grep/],
  "an unknown job": [["--job", "wordcont"], /^tram: Cannot run the job "wordcont": wanted/],
  "a file that is not there": [["--job", "./no.ts"], /^tram: .*there is no such file/],
  "grep without a pattern": [["--job", "grep"], /^tram: .*wanted --pattern REGEX/],
  "a pattern that is none": [
    ["--job", "grep", "--pattern", "a("],
    /^tram: Cannot use the pattern "a\(": Unterminated group; a JavaScript regular/,
  ],
} as const;

for (const [title, [args, says]] of Object.entries(WRONG)) {
  Deno.test(`tram mapreduce map ends with 2 for ${title}`, async () => {
    const { stderr, code } = await runStep("map", args, "");
    assert.match(stderr, says);
    assert.equal(code, 2);
  });
}
