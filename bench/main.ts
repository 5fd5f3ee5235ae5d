/** `deno task bench`: measures, prints, and keeps the numbers. */
import { parseArgs } from "node:util";
import { chat } from "./chat.ts";
import { endChildren } from "./child.ts";
import { collect } from "./collect.ts";
import { framing } from "./framing.ts";
import { launch } from "./launch.ts";
import { machineFacts } from "./machine.ts";
import { mapreduce } from "./mapreduce.ts";
import { complain, print } from "./print.ts";
import type { Bench, BenchReport } from "./report.ts";
import { roundtrip } from "./roundtrip.ts";
import { showMachine, showReport, showTargets } from "./show.ts";
import { startup } from "./startup.ts";
import { timer } from "./timer.ts";

const BENCHES: Readonly<Record<string, Bench>> = {
  framing,
  roundtrip,
  startup,
  timer,
  collect,
  chat,
  mapreduce,
  launch,
};
const DEFAULT_RUNS = 5;
const QUICK_RUNS = 2;
const FAILED = 1;
const WRONG_USAGE = 2;
const INTERRUPTED = 130;

const HELP = `Usage: deno task bench [NAME] [--runs N] [--quick] [--json FILE]

  NAME         ${Object.keys(BENCHES).join(", ")}; all of them without it
  --runs N     runs per contestant, interleaved; medians are shown (${DEFAULT_RUNS})
  --quick      ${QUICK_RUNS} short runs
  --json FILE  where the numbers go (bench/results/NAME-DATE.json)`;

function usageError(message: string): never {
  complain(`${message}; see --help`);
  Deno.exit(WRONG_USAGE);
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        runs: { type: "string" },
        quick: { type: "boolean", default: false },
        json: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    usageError(error instanceof Error ? error.message.split(". ")[0] ?? "" : String(error));
  }
}

const { values, positionals } = parse(Deno.args);
if (values.help) {
  print(HELP);
  Deno.exit(0);
}
const [name, ...others] = positionals;
if (others.length > 0) usageError(`Cannot run more than one bench: "${others[0]}" is too much`);
if (name !== undefined && !Object.hasOwn(BENCHES, name)) {
  usageError(`Cannot find bench "${name}": there are ${Object.keys(BENCHES).join(", ")}`);
}
const runs = values.runs === undefined
  ? (values.quick ? QUICK_RUNS : DEFAULT_RUNS)
  : Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) {
  usageError(`Cannot run "${values.runs}" times: --runs takes a whole number from 1 on`);
}

async function run(): Promise<void> {
  await Deno.mkdir(new URL("results", import.meta.url), { recursive: true });
  const machine = await machineFacts();
  print(`${showMachine(machine)}\n`);
  const onProgress = Deno.stderr.isTerminal() ? complain : () => {};
  const reports: BenchReport[] = [];
  for (const [key, bench] of Object.entries(BENCHES)) {
    if (name !== undefined && key !== name) continue;
    const report = await bench({ runs, isQuick: values.quick, onProgress });
    reports.push(report);
    print(showReport(report));
  }
  if (reports.length > 1) print(`all targets in one table:\n\n${showTargets(reports)}`);
  const kept = `results/${name ?? "all"}-${machine.date}.json`;
  const file = values.json ?? new URL(kept, import.meta.url);
  await Deno.writeTextFile(file, `${JSON.stringify({ machine, benches: reports }, null, 2)}\n`);
  print(`kept in ${values.json ?? `bench/${kept}`}`);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => {
    endChildren();
    Deno.exit(INTERRUPTED);
  });
}
try {
  await run();
  Deno.exit(0);
} catch (error) {
  endChildren();
  complain(error instanceof Error ? error.message : String(error));
  Deno.exit(FAILED);
}
