/** How long `mapreduce` takes to count words, what its kernel does, and what a task costs. */
import { Child, denoRun, runProgram } from "./child.ts";
import { findDuckDb } from "../tests/long/find_duckdb.ts";
import { type Contestant, interleave } from "./interleave.ts";
import { type Corpus, makeCorpus } from "./mapreduce_corpus.ts";
import { endedCpuSeconds } from "./peers/proc.ts";
import { type Bench, judge, median, type Sample, type Target } from "./report.ts";
import { type Build, buildWords, findMawk, findParallel } from "./toolchains.ts";

const TIMEOUT_MS = 300_000;
const MIB = 1024 * 1024;
const CORPUS_BYTES = 128 * MIB;

/** The first pass of the kernel is left out: code is compiled then. */
const PASSES = 5;
/** Tasks that do nothing. */
const TASKS = 1000;

const WORDS = "words of four .wet.gz, s";
const KERNEL = "kernel, bytes in memory, MB/s";
const TASK = "a task that does nothing, ms";
const TINY = "an input of a few bytes, ms";

const TWO = "tram, 2 workers";
const PARALLEL = "GNU parallel + mawk";
const DUCKDB = "DuckDB, 2 threads";

const TARGETS: readonly Target[] = [
  target(WORDS, TWO, DUCKDB, "at most", 1),
  target(WORDS, TWO, PARALLEL, "at most", 0.5),
  target(KERNEL, "tram", "Rust, HashMap", "at least", 1.2),
  target(KERNEL, "tram", "plain twin", "at least", 1),
];

function target(
  row: string,
  contestant: string,
  against: string,
  sense: Target["sense"],
  limit: number,
): Target {
  return { row, contestant, against, relation: "times", sense, limit };
}

/** What a program took, in seconds. */
interface Taken {
  readonly seconds: number;
  /** Processor time of the program and of all that it started. */
  readonly cpu: number;
}

/** Runs a program to its end. */
async function take(program: string, args: readonly string[], cwd: string): Promise<Taken> {
  const cpuBefore = endedCpuSeconds(Deno.pid);
  const startMs = performance.now();
  const { isSuccess, output } = await runProgram(program, args, { timeoutMs: TIMEOUT_MS, cwd });
  const seconds = (performance.now() - startMs) / 1e3;
  if (!isSuccess) throw new Error(`Cannot run ${program}: ${output.trim()}`);
  return { seconds, cpu: endedCpuSeconds(Deno.pid) - cpuBefore };
}

const sampleOf = ({ seconds, cpu }: Taken): Sample => ({
  value: seconds,
  details: { "cpu s": cpu },
});

/** A run of tram, from its start to its end. It reads `input` and writes `folder/out`. */
async function tram(folder: string, input: string, ...flags: readonly string[]): Promise<Taken> {
  await removed(`${folder}/out`);
  return await take(
    Deno.execPath(),
    denoRun(
      "../cli.ts",
      ...["mapreduce", "run", "--config", "none", "--job", "wordcount", ...flags],
      ...["--output", `${folder}/out`, input],
    ),
    folder,
  );
}

async function removed(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Holds lines "word TAB count" against what the words are known to be. */
async function checkCounts(files: readonly string[], { words, tokens }: Corpus): Promise<void> {
  let lines = 0;
  let sum = 0;
  for (const file of files) {
    for (const line of (await Deno.readTextFile(file)).split("\n")) {
      if (line === "") continue;
      lines++;
      sum += Number(line.slice(line.lastIndexOf("\t") + 1));
    }
  }
  if (lines === words && sum === tokens) return;
  throw new Error(`Cannot believe ${lines} words, ${sum} in all: wanted ${words} and ${tokens}`);
}

async function tramWords(corpus: Corpus, ...flags: readonly string[]): Promise<Sample> {
  const taken = await tram(corpus.folder, corpus.packed, ...flags);
  const out = `${corpus.folder}/out`;
  const parts = [...Deno.readDirSync(out)].filter(({ name }) => name.startsWith("part-"));
  await checkCounts(parts.map(({ name }) => `${out}/${name}`), corpus);
  return sampleOf(taken);
}

/** A pipeline of the shell in the folder of the corpus. */
async function shell(corpus: Corpus, script: string): Promise<Taken> {
  return await take("sh", ["-c", `export LC_ALL=C; ${script}`], corpus.folder);
}

/** A process for each file; one more adds up, one sorts, as tram and DuckDB do. */
async function parallelWords(corpus: Corpus): Promise<Sample> {
  const program = decodeURIComponent(new URL("peers/words/words.awk", import.meta.url).pathname);
  const each = `zcat {} | tr "\\\\r\\\\v\\\\f" "   " | mawk -f ${program}`;
  const sum = `mawk -F "\\t" '{ c[$1] += $2 } END { for (w in c) print w "\\t" c[w] }'`;
  const taken = await shell(
    corpus,
    `parallel --will-cite -j2 '${each}' ::: packed/*.gz | ${sum} | sort > parallel.tsv`,
  );
  await checkCounts([`${corpus.folder}/parallel.tsv`], corpus);
  return sampleOf(taken);
}

async function duckDbWords(corpus: Corpus, packages: string): Promise<Sample> {
  const output = `${corpus.folder}/duckdb.tsv`;
  const taken = await take(
    Deno.execPath(),
    denoRun("peers/duckdb_words.ts", packages, `${corpus.packed}/*.gz`, output),
    corpus.folder,
  );
  await checkCounts([output], corpus);
  return sampleOf(taken);
}

/** What a program says that counted a file in memory, several times. */
interface KernelAnswer {
  readonly megabytesPerSecond: readonly number[];
}

async function kernel(program: string, args: readonly string[]): Promise<Sample> {
  await using child = new Child(program, args);
  const { megabytesPerSecond }: KernelAnswer = JSON.parse(await child.line(TIMEOUT_MS));
  return {
    value: median(megabytesPerSecond.slice(1)),
    details: { "first pass": megabytesPerSecond[0] ?? NaN },
  };
}

/** What one more of something costs, in milliseconds: of `many` against one. */
async function eachMs(many: number, run: (count: number) => Promise<Taken>): Promise<Sample> {
  const alone = (await run(1)).seconds;
  const together = (await run(many)).seconds;
  return { value: (together - alone) * 1e3 / (many - 1), details: { "alone ms": alone * 1e3 } };
}

async function makeTiny(folder: string, count: number): Promise<string> {
  const tiny = `${folder}/tiny${count}`;
  await Deno.mkdir(tiny, { recursive: true });
  for (let i = 0; i < count; i++) await Deno.writeTextFile(`${tiny}/${i}.txt`, "a b\n");
  return tiny;
}

const absenceOf = (...builds: readonly object[]) =>
  builds.flatMap((build) => "absence" in build ? [String(build.absence)] : [])[0];

/** The mapreduce bench. */
export const mapreduce: Bench = async (options) => {
  await using corpus = await makeCorpus(CORPUS_BYTES);
  const { folder, plainFile } = corpus;
  const [rust, mawk, parallel, duckDb] = await Promise.all([
    buildWords(),
    findMawk(),
    findParallel(),
    findDuckDb(),
  ]);
  const own = (name: string, ...flags: readonly string[]): Contestant => ({
    name,
    run: () => tramWords(corpus, ...flags),
  });
  const ownKernel = (name: string, which: string): Contestant => ({
    name,
    run: () => kernel(Deno.execPath(), denoRun("peers/words_kernel.ts", which, plainFile, PASSES)),
  });
  const tiny = new Map<number, string>();
  for (const count of [1, TASKS]) tiny.set(count, await makeTiny(folder, count));
  const tinyOf = (count: number) => tiny.get(count) ?? "";
  const measurements = [
    ...await interleave(WORDS, "s", [
      own(TWO, "--workers", "2", "--threads", "1"),
      own("tram, 1 worker", "--workers", "1", "--threads", "1"),
      own("tram, --workers 0", "--workers", "0"),
      {
        name: PARALLEL,
        absence: absenceOf(parallel, mawk),
        run: () => parallelWords(corpus),
      },
      {
        name: DUCKDB,
        absence: absenceOf(duckDb),
        run: () => duckDbWords(corpus, "packages" in duckDb ? duckDb.packages : ""),
      },
      {
        name: "zcat alone",
        run: async () => sampleOf(await shell(corpus, "zcat packed/*.gz > /dev/null")),
      },
    ], options),
    ...await interleave(KERNEL, "MB/s", [
      ownKernel("tram", "wasm"),
      ownKernel("plain twin", "plain"),
      {
        name: "Rust, HashMap",
        absence: absenceOf(rust),
        run: () => kernel(programOf(rust), [plainFile, String(PASSES)]),
      },
    ], options),
    ...await interleave(TASK, "ms", [
      {
        name: TWO,
        run: () =>
          eachMs(
            TASKS,
            (count) => tram(folder, tinyOf(1), "--workers", "2", "--partitions", String(count)),
          ),
      },
      {
        name: "GNU parallel -j2 true",
        absence: absenceOf(parallel),
        run: () =>
          eachMs(TASKS, (count) => shell(corpus, `seq ${count} | parallel --will-cite -j2 true`)),
      },
    ], options),
    ...await interleave(TINY, "ms", [
      {
        name: TWO,
        run: () => eachMs(TASKS, (count) => tram(folder, tinyOf(count), "--workers", "2")),
      },
    ], options),
  ];
  return {
    bench: "mapreduce",
    question: "seconds until all words are counted and sorted; MB/s of the kernel on one core; " +
      "ms that one more task or input costs",
    measurements,
    verdicts: judge(TARGETS, measurements),
  };
};

function programOf(build: Build): string {
  return "program" in build ? build.program : "";
}
