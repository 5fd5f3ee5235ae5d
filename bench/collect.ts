/** How many timestamps a second `collect` makes durable, each once. */
import { Child, denoRun } from "./child.ts";
import { interleave } from "./interleave.ts";
import { type Bench, judge, type Sample, type Target } from "./report.ts";

const TIMEOUT_MS = 60_000;
const SECONDS = 5;
const QUICK_SECONDS = 2;

const ROWS = [
  { row: "100 clients", clients: 100 },
  { row: "1 client", clients: 1 },
] as const;

const TARGETS: readonly Target[] = [
  {
    row: "100 clients",
    contestant: "tram",
    against: "wanted",
    relation: "times",
    sense: "at least",
    limit: 1,
  },
];

/** What the design asks for, in thousands a second. */
const WANTED = 300;

async function perSecond(module: string, ...args: readonly string[]): Promise<number> {
  await using child = new Child(Deno.execPath(), denoRun(module, ...args));
  const { perSecond } = JSON.parse(await child.line(TIMEOUT_MS));
  return perSecond / 1000;
}

async function tram(clients: number, seconds: number): Promise<Sample> {
  const folder = await Deno.makeTempDir({ prefix: "tram-bench-" });
  try {
    await using server = new Child(
      Deno.execPath(),
      denoRun(
        "../cli.ts",
        ...["collect", "serve", "--port", "0", "--json", "--insecure", "--config", "none"],
        ...["--store", `${folder}/bench.sqlite`],
      ),
    );
    const { port } = JSON.parse(await server.line(TIMEOUT_MS));
    const value = await perSecond("peers/collect_load.ts", `${port}`, `${clients}`, `${seconds}`);
    return { value, details: {} };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The collect bench. */
export const collect: Bench = async (options) => {
  const seconds = options.isQuick ? QUICK_SECONDS : SECONDS;
  const measurements = [];
  for (const { row, clients } of ROWS) {
    measurements.push(
      ...await interleave(row, "k/s", [
        { name: "tram", run: () => tram(clients, seconds) },
        {
          name: "node:sqlite alone",
          run: async () => ({
            value: await perSecond("peers/sqlite_rows.ts", `${seconds}`),
            details: {},
          }),
        },
        { name: "wanted", run: () => Promise.resolve({ value: WANTED, details: {} }) },
      ], options),
    );
  }
  return {
    bench: "collect",
    question: "thousands of different timestamps a second that are committed and acknowledged",
    measurements,
    verdicts: judge(TARGETS, measurements),
  };
};
