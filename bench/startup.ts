/** How long `tram --help` takes, beyond what Deno itself takes to start. */
import { denoRun, runProgram } from "./child.ts";
import { interleave } from "./interleave.ts";
import { type Bench, judge, type Sample, type Target } from "./report.ts";

const ROW = "--help";
const RUNS = 20;
const QUICK_RUNS = 5;
const TIMEOUT_MS = 20_000;

const TARGETS: readonly Target[] = [{
  row: ROW,
  contestant: "tram",
  against: "empty module",
  relation: "plus",
  sense: "at most",
  limit: 15,
}];

async function start(args: readonly string[]): Promise<Sample> {
  const startMs = performance.now();
  const { isSuccess, output } = await runProgram(Deno.execPath(), args, { timeoutMs: TIMEOUT_MS });
  const value = performance.now() - startMs;
  if (!isSuccess) throw new Error(`Cannot run "deno ${args.join(" ")}": ${output}`);
  return { value, details: {} };
}

async function absenceOf(path: string): Promise<string | undefined> {
  try {
    await Deno.stat(new URL(path, import.meta.url));
    return undefined;
  } catch {
    return "no cli.ts";
  }
}

/** The start-up bench. */
export const startup: Bench = async (options) => {
  const help = denoRun("../cli.ts", "--help");
  const empty = denoRun("peers/empty.ts");
  const absence = await absenceOf("../cli.ts");
  if (absence === undefined) await start(help); // fills the caches
  await start(empty);
  const runs = options.isQuick ? QUICK_RUNS : RUNS;
  const measurements = await interleave(ROW, "ms", [
    { name: "tram", absence, run: () => start(help) },
    { name: "empty module", run: () => start(empty) },
  ], { ...options, runs });
  return {
    bench: "startup",
    question: "wall time of `deno run cli.ts --help` and of an empty module",
    measurements,
    verdicts: judge(TARGETS, measurements),
  };
};
