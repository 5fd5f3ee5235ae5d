import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { openJob } from "../../lib/mapreduce/jobs/open_job.ts";
import { realSpawner } from "../../lib/mapreduce/jobs/real_spawner.ts";
import { wetFile } from "../mapreduce/generate_wet.ts";
import { inputOf, keptSigns, plainParts, runJob } from "../mapreduce/jobs/run_job.ts";
import { isRunning, mapSortReduce, runStep, runWith, type StepEnd } from "./mapreduce_steps.ts";
import { runTram, tramCommand, wait, withFolder } from "./processes.ts";
import { fromSource } from "./root.ts";

const encoder = new TextEncoder();

/** Words that occur often and seldom, in several scripts; the same at each run. */
function text(words: number): string {
  const vocabulary = [
    "the",
    "of",
    "Straße",
    "naïve",
    "日本",
    "кот",
    "C:\\temp",
    "a\\n",
    "x\ty",
    "'s",
  ];
  let state = 7;
  let all = "";
  for (let at = 0; at < words; at++) {
    state = (state * 1103515245 + 12345) % 2147483648;
    const word = vocabulary[Math.floor(state / 65536) % vocabulary.length] ?? "";
    all += `${word}${state % 3 === 0 ? state % 997 : ""}${state % 7 === 0 ? "\n" : " "}`;
  }
  return all;
}

/** The oracle: counts of words, sorted by their bytes, as lines of output. */
function countWords(of: string): string {
  const counts = new Map<string, number>();
  for (const word of of.split(/[ \t\n\r\v\f]+/)) {
    if (word !== "") counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return linesOf(counts);
}

function linesOf(counts: ReadonlyMap<string, number>): string {
  return [...counts].sort(([a], [b]) => compare(encoder.encode(a), encoder.encode(b)))
    .map(([word, count]) => `${word.replaceAll("\\", "\\\\")}\t${count}\n`).join("");
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    if (a[at] !== b[at]) return (a[at] ?? 0) - (b[at] ?? 0);
  }
  return a.length - b.length;
}

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

/** Runs programs as steps, in this process as a worker does. */
async function commands(mapper: string, reducer: string | undefined, ...lines: string[][]) {
  await using job = await openJob({ type: "command", mapper, ...reducer ? { reducer } : {} }, {
    ...plainParts,
    spawner: realSpawner,
  });
  const { signs, statuses } = keptSigns();
  const result = await runJob(job, lines.map((batch) => inputOf(batch)), { signs });
  return { ...result, statuses };
}

Deno.test("openCommandJob() counts words with awk as the job wordcount does", async () => {
  const given = text(3000).split("\n");
  const { lines } = await commands(
    `awk '{ for (at = 1; at <= NF; at++) print $at "\\t1" }'`,
    `awk -F '\\t' '$1 != key { if (NR > 1) print key "\\t" n; key = $1; n = 0 } { n += $2 } ` +
      `END { if (NR > 0) print key "\\t" n }'`,
    ...[given.slice(0, 100), given.slice(100)],
  );
  assert.deepEqual(lines, countWords(given.join("\n")).split("\n").filter(Boolean).sort());
});

Deno.test("openCommandJob() takes a line without TAB as a key, and keeps TABs of values", async () => {
  const { lines } = await commands(
    `printf 'key\\nk\\tv\\tw\\n\\tx\\nlast'; cat > /dev/null`,
    undefined,
    ["a"],
  );
  assert.deepEqual(lines, ["\tx", "key\t", "k\tv\\tw", "last\t"].sort());
});

Deno.test("openCommandJob() takes counters and status from standard error", async () => {
  const said =
    "reporter:counter:words,of, all,3\nreporter:status:half\nreporter:counter:words,of, all,4\n";
  const { maps, statuses } = await commands(`cat; printf '${said}' >&2`, undefined, ["a"]);
  assert.deepEqual(maps[0]!.counts, { "words:of, all": 7 });
  assert.deepEqual(statuses, ["half"]);
});

const PROGRAM_FAILURES = {
  "ends with another status": [
    "echo no such >&2; echo file >&2; exit 3",
    /^The mapper ended with status 3: no such: file$/,
  ],
  "is killed": ["kill -9 $$", /^The mapper ended with SIGKILL$/],
  "is none": ["no-such-program-here", /^The mapper ended with status 127: .*no-such-program-here/],
} as const;
for (const [title, [mapper, message]] of Object.entries(PROGRAM_FAILURES)) {
  Deno.test(`openCommandJob() fails when a mapper ${title}`, async () => {
    await assert.rejects(commands(mapper, undefined, ["a"]), { name: "JobError", message });
  });
}

Deno.test("openCommandJob() fails when a reducer does", async () => {
  await assert.rejects(commands("cat", "cat; exit 4", ["a"]), {
    message: /^The reducer ended with status 4$/,
  });
});

Deno.test("openCommandJob() goes on when a mapper does not read its input", async () => {
  const much = Array.from({ length: 1000 }, () => "x".repeat(1000));
  assert.deepEqual((await commands("echo hello", undefined, much)).lines, ["hello\t"]);
  assert.deepEqual((await commands("head -n 1 | cut -c 1-3", undefined, much)).lines, ["xxx\t"]);
  assert.deepEqual(
    (await commands("exec < /dev/null; sleep 0.2; echo hi", undefined, much)).lines,
    ["hi\t"],
  );
});

Deno.test("openCommandJob() goes on when a mapper closes its output early", async () => {
  const much = Array.from({ length: 1000 }, () => "x".repeat(1000));
  const { lines, maps } = await commands(
    "echo first; exec >&-; n=$(wc -l); echo reporter:counter:a,lines,$n >&2",
    undefined,
    much,
  );
  assert.deepEqual(lines, ["first\t"]);
  assert.deepEqual(maps[0]!.counts, { "a:lines": 1000 });
});

Deno.test("openCommandJob() takes lines of a megabyte both ways", async () => {
  const long = "ä".repeat(500_000);
  const { lines } = await commands("cat", "cat", [long, "b", long]);
  assert.deepEqual(lines, [`b\t`, `${long}\t`, `${long}\t`]);
});

Deno.test("openCommandJob() ends a mapper and what it started when nobody wants it", async () => {
  const controller = new AbortController();
  await withFolder(async (folder) => {
    const mapper = `sleep 1000 & echo $! > ${folder}/pid; cat`;
    await using job = await openJob({ type: "command", mapper }, {
      ...plainParts,
      spawner: realSpawner,
    });
    const { signs } = keptSigns(controller.signal);
    const waiting = runJob(job, [{
      ...inputOf(),
      async *records() {
        yield [];
        await new Promise((_, reject) => signs.signal.addEventListener("abort", reject));
      },
    }], { signs });
    const ended = assert.rejects(waiting, { message: "not wanted" });
    const file = `${folder}/pid`;
    const pid = async () => Number(await Deno.readTextFile(file).catch(() => "0"));
    while (await pid() === 0) await wait(20);
    controller.abort(new Error("not wanted"));
    for (let left = 200; left > 0 && isRunning(await pid()); left--) await wait(50);
    assert(!isRunning(await pid()));
    await ended;
  });
});

Deno.test("programs of a job do not get the token of whoever runs it", async () => {
  Deno.env.set("TRAM_TOKEN", "not for programs");
  try {
    const program = realSpawner.shell('echo "${TRAM_TOKEN-none} ${HOME:+home}"');
    const decoder = new TextDecoder();
    let said = "";
    await program.endInput();
    await Promise.all([
      (async () => {
        for await (const part of program.output) said += decoder.decode(part, { stream: true });
      })(),
      Array.fromAsync(program.errors),
    ]);
    assert.equal((await program.ended).code, 0);
    assert.match(said, /^none (home)?\n$/);
  } finally {
    Deno.env.delete("TRAM_TOKEN");
  }
});
