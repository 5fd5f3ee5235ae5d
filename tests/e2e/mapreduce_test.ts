/** `tram mapreduce run` and `worker` with real files, threads and processes. */
import assert from "node:assert/strict";
import { generateWet } from "../mapreduce/generate_wet.ts";
import { childrenOf, isRunning } from "./mapreduce_steps.ts";
import { runTram, TramProcess, wait, withFolder } from "./processes.ts";
import { fromSource } from "./root.ts";

const FIXTURES = fromSource("tests/mapreduce/fixtures");

/** Writes WET files of some MB: a member for each record, one member, and none. */
function writeCorpus(folder: string, bytes: number): void {
  for (const [i, members] of (["record", "plain", "one"] as const).entries()) {
    const path = `${folder}/${i}.warc.wet${members === "plain" ? "" : ".gz"}`;
    using file = Deno.createSync(path);
    for (const part of generateWet({ seed: i, bytes, members })) {
      for (let at = 0; at < part.length;) at += file.writeSync(part.subarray(at));
    }
  }
}

/** What is in the files of an output, but for the journal, which names workers. */
function outputOf(folder: string): Record<string, string> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  return Object.fromEntries(
    names.filter((name) => !name.startsWith("_journal"))
      .map((name) => [name, Deno.readTextFileSync(`${folder}/${name}`)]),
  );
}

/** The summary that `--json` writes last. */
function summaryOf(stdout: string) {
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
}

for (const name of ["whirlwind.warc.wet", "whirlwind.warc.wet.gz"]) {
  for (const workers of ["0", "2"]) {
    Deno.test(`mapreduce run --workers ${workers} counts the words of ${name} as Python does`, async () => {
      await withFolder(async (folder) => {
        const { code, stderr } = await runTram([
          ...["mapreduce", "run", "--job", "wordcount", "--output", `${folder}/out`],
          ...["--workers", workers, `${FIXTURES}/${name}`],
        ]);
        assert.deepEqual([code, stderr], [0, ""]);
        const { _SUCCESS, ...parts } = outputOf(`${folder}/out`);
        assert.equal(_SUCCESS, "");
        assert.equal(Object.keys(parts).length, 8);
        const lines = Object.values(parts).flatMap((text) => text.split("\n").filter(Boolean));
        const counts = Object.fromEntries(lines.map((line) => {
          const [word = "", count] = line.split("\t");
          return [word.replaceAll("\\\\", "\\"), Number(count)];
        }));
        const python = JSON.parse(Deno.readTextFileSync(`${FIXTURES}/whirlwind.counts.json`));
        assert.deepEqual(counts, python);
      });
    });
  }
}

Deno.test("mapreduce run --workers 2 gives byte for byte what --workers 0 gives, whatever the job", async () => {
  await withFolder(async (folder) => {
    Deno.mkdirSync(`${folder}/in`);
    writeCorpus(`${folder}/in`, 1_500_000);
    const job = `${folder}/long.ts`;
    Deno.writeTextFileSync(
      job,
      `export default {
  map({ text }: { text: string }, emit: (key: string, value: number) => void) {
    for (const word of text.split(/\\s+/)) if (word.length > 8) emit(word, 1);
  },
  combine: "sum",
  reduce: "sum",
};
`,
    );
    const jobs = [
      ["--job", "wordcount", "--tokens", "unicode", "--fold-case"],
      ["--job", "wordcount", "--memory", "16MiB", "--partitions", "3"],
      ["--job", "grep", "--pattern", "[a-c]{3}"],
      ["--job", "index"],
      ["--job", "domains"],
      ["--job", "languages"],
      ["--job", "sort"],
      ["--job", job],
      ["--mapper", "tr -s '[:space:]' '\\n'", "--reducer", "uniq -c"],
    ];
    for (const [i, flags] of jobs.entries()) {
      const run = (output: string, workers: string) =>
        runTram([
          ...["mapreduce", "run", ...flags, "--output", `${folder}/${output}`, "--json"],
          ...["--workers", workers, `${folder}/in`],
        ]);
      const alone = await run(`alone${i}`, "0");
      const crew = await run(`crew${i}`, "2");
      assert.deepEqual([alone.code, alone.stderr], [0, ""], flags.join(" "));
      assert.deepEqual([crew.code, crew.stderr], [0, ""], flags.join(" "));
      assert.deepEqual(outputOf(`${folder}/crew${i}`), outputOf(`${folder}/alone${i}`));
      const { lines, records } = summaryOf(crew.stdout);
      assert(lines > 0 && records > 0);
    }
  });
});

Deno.test("mapreduce run ends with 3 and names a gzip that is cut", async () => {
  await withFolder(async (folder) => {
    writeCorpus(folder, 200_000);
    const bytes = Deno.readFileSync(`${folder}/0.warc.wet.gz`);
    const cut = `${folder}/cut.warc.wet.gz`;
    Deno.writeFileSync(cut, bytes.subarray(0, bytes.length - 1000));
    const { code, stdout, stderr } = await runTram([
      ...["mapreduce", "run", "--job", "wordcount", "--workers", "2"],
      ...["--output", `${folder}/out`, cut, `${folder}/1.warc.wet`],
    ]);
    assert.equal(code, 3);
    assert.match(stderr, /^tram: warning: \S+\/cut\.warc\.wet\.gz: byte \d+: .*\n$/);
    assert.match(stdout, /\n1 loss:\n {2}\S+\/cut\.warc\.wet\.gz: byte \d+: /);
    const { _SUCCESS, _PARTIAL } = outputOf(`${folder}/out`);
    assert.equal(_SUCCESS, undefined);
    assert.equal(JSON.parse(_PARTIAL ?? "").problems[0].code, "gzip-cut");
  });
});

Deno.test("mapreduce run names a job that throws by line, file and offset, and ends with 1", async () => {
  await withFolder(async (folder) => {
    Deno.writeTextFileSync(
      `${folder}/bad.ts`,
      'export default {\n  map() {\n    throw new Error("no");\n  },\n};\n',
    );
    const { code, stderr } = await runTram([
      ...["mapreduce", "run", "--job", `${folder}/bad.ts`, "--workers", "1"],
      ...["--output", `${folder}/out`, `${FIXTURES}/whirlwind.warc.wet`],
    ]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /tram: Cannot finish the job: Map task 0 .*whirlwind\.warc\.wet at byte \d+: Error: no \(\S+bad\.ts:3:\d+\)\n$/,
    );
  });
});

Deno.test("mapreduce run says once why a job cannot be loaded, and ends with 1", async () => {
  await withFolder(async (folder) => {
    Deno.writeTextFileSync(
      `${folder}/bad.js`,
      'throw new Error("not today");\nexport default {};\n',
    );
    const { code, stderr } = await runTram([
      ...["mapreduce", "run", "--job", `${folder}/bad.js`, "--workers", "1"],
      ...["--output", `${folder}/out`, `${FIXTURES}/whirlwind.warc.wet`],
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /\ntram: Cannot finish the job: all workers have ended; .*not today/);
    assert.equal(stderr.match(/worker process \d+ ended/g)?.length, 1);
  });
});

/** Starts a run that takes some seconds, and waits until it has done something. */
async function startLong(folder: string, ...flags: string[]): Promise<TramProcess> {
  Deno.mkdirSync(`${folder}/in`);
  for (let i = 0; i < 8; i++) {
    using file = Deno.createSync(`${folder}/in/${i}.warc.wet`);
    for (const part of generateWet({ seed: i, bytes: 2_500_000 })) file.writeSync(part);
  }
  const run = new TramProcess([
    ...["mapreduce", "run", "--job", "index", "--json", "--workers", "2"],
    ...["--output", `${folder}/out`, ...flags, `${folder}/in`],
  ]);
  await run.matching(/"change":"won"/);
  return run;
}

/** What the same run gives that nobody disturbs, in one process. */
async function oracle(folder: string): Promise<Record<string, string>> {
  const { code } = await runTram([
    ...["mapreduce", "run", "--job", "index", "--workers", "0"],
    ...["--output", `${folder}/oracle`, `${folder}/in`],
  ]);
  assert.equal(code, 0);
  return outputOf(`${folder}/oracle`);
}

/** Waits until processes are gone. */
async function gone(pids: readonly number[]): Promise<void> {
  for (let left = 100; pids.some(isRunning); left--) {
    assert(left > 0, "a worker is still there");
    await wait(100);
  }
}

Deno.test("mapreduce run ends at ^C with 130, its workers too, and --resume goes on", async () => {
  await withFolder(async (folder) => {
    await using run = await startLong(folder);
    const workers = childrenOf(run.child.pid);
    assert.equal(workers.length, 2);
    run.kill("SIGINT");
    const { code, stdout } = await run.ended;
    assert.equal(code, 130);
    assert.equal(summaryOf(stdout).outcome, "interrupted");
    await gone(workers);
    const { code: resumed } = await runTram([
      ...["mapreduce", "run", "--job", "index", "--workers", "2", "--resume"],
      ...["--output", `${folder}/out`, `${folder}/in`],
    ]);
    assert.equal(resumed, 0);
    assert.deepEqual(outputOf(`${folder}/out`), await oracle(folder));
  });
});

Deno.test("mapreduce run that is killed takes its workers along, and --resume goes on", async () => {
  await withFolder(async (folder) => {
    await using run = await startLong(folder);
    const workers = childrenOf(run.child.pid);
    run.kill("SIGKILL");
    await run.ended;
    await gone(workers);
    const { code } = await runTram([
      ...["mapreduce", "run", "--job", "index", "--workers", "2", "--resume"],
      ...["--output", `${folder}/out`, `${folder}/in`],
    ]);
    assert.equal(code, 0);
    assert.deepEqual(outputOf(`${folder}/out`), await oracle(folder));
  });
});

Deno.test("mapreduce run replaces a worker that is killed, and loses nothing", async () => {
  await withFolder(async (folder) => {
    await using run = await startLong(folder);
    const [victim = 0] = childrenOf(run.child.pid);
    Deno.kill(victim, "SIGKILL");
    const { code, stderr } = await run.ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, new RegExp(`warning: worker process ${victim} ended by SIGKILL\n`));
    assert.deepEqual(outputOf(`${folder}/out`), await oracle(folder));
  });
});

Deno.test("mapreduce worker joins by hand, is sent what lies outside of --input-root, and leaves", async () => {
  await withFolder(async (folder) => {
    for (const name of ["in", "copies", "temp"]) Deno.mkdirSync(`${folder}/${name}`);
    writeCorpus(`${folder}/in`, 300_000);
    const one = "0.warc.wet.gz";
    Deno.copyFileSync(`${folder}/in/${one}`, `${folder}/copies/${one}`);
    const env = { TRAM_TOKEN: "5a".repeat(32), TMPDIR: `${folder}/temp` };
    await using run = new TramProcess([
      ...["mapreduce", "run", "--job", "index", "--json", "--workers", "join", "--port", "0"],
      ...["--output", `${folder}/out`, `${folder}/in`],
    ], env);
    const [, port = ""] = await run.matching(/"listening".*"port":(\d+)/);
    const args = ["mapreduce", "worker", "--coordinator", `127.0.0.1:${port}`];
    const stranger = await runTram(args, { TRAM_TOKEN: "3c".repeat(32) });
    assert.equal(stranger.code, 77, stranger.stderr);
    const worker = await runTram([...args, "--input-root", `${folder}/copies`], env);
    assert.equal(worker.code, 0, worker.stderr);
    const { code, stdout } = await run.ended;
    assert.equal(code, 0);
    const others = ["1.warc.wet", "2.warc.wet.gz"].map((name) =>
      Deno.statSync(`${folder}/in/${name}`).size
    );
    assert.equal(summaryOf(stdout).sentInputBytes, others.reduce((sum, size) => sum + size, 0));
    assert.deepEqual(outputOf(`${folder}/out`), await oracle(folder));
    assert.deepEqual([...Deno.readDirSync(`${folder}/temp`)], [], "temporary files are gone");
  });
});

Deno.test("mapreduce run with nobody to help ends with 69 and leaves nothing", async () => {
  await withFolder(async (folder) => {
    const { code, stderr } = await runTram([
      ...["mapreduce", "run", "--job", "sort", "--workers", "join", "--port", "0"],
      ...["--timeout", "500ms", "--output", `${folder}/out`, `${FIXTURES}/whirlwind.warc.wet`],
    ], { TRAM_TOKEN: "5a".repeat(32) });
    assert.equal(code, 69);
    assert.match(stderr, /\ntram: Cannot finish the job: No worker for /);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});
