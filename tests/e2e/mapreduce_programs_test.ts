/** Programs as the steps of a job: `--mapper` and `--reducer`. */
import assert from "node:assert/strict";
import { openJob } from "../../lib/mapreduce/jobs/open_job.ts";
import { realSpawner } from "../../lib/mapreduce/jobs/real_spawner.ts";
import { inputOf, keptSigns, plainParts, runJob } from "../mapreduce/jobs/run_job.ts";
import { isRunning } from "./mapreduce_steps.ts";
import { wait, withFolder } from "./processes.ts";
import { countWords, text } from "./mapreduce_words.ts";

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
