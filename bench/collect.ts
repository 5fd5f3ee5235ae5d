/** How many timestamps a second `collect` makes durable, each once, and how well it knows clocks. */
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
  {
    row: "1,000 clients at 10 ms",
    contestant: "tram",
    against: "wanted",
    relation: "times",
    sense: "at least",
    limit: 0.95,
  },
  {
    row: "10 clients at 10 ms, offset",
    contestant: "tram",
    against: "wanted",
    relation: "times",
    sense: "at most",
    limit: 1,
  },
];

/** What the design asks for, in thousands a second. */
const WANTED = 300;

const CROWD = "1,000 clients at 10 ms";
const OFFSET = "10 clients at 10 ms, offset";

/** What a client program says. */
interface Answer {
  readonly perSecond: number;
  readonly offsetUs: number;
  readonly boundUs: number;
  readonly outside: number;
}

async function answerOf(module: string, ...args: readonly string[]): Promise<Answer> {
  await using child = new Child(Deno.execPath(), denoRun(module, ...args));
  return JSON.parse(await child.line(TIMEOUT_MS));
}

async function perSecond(module: string, ...args: readonly string[]): Promise<number> {
  return (await answerOf(module, ...args)).perSecond / 1000;
}

/** Runs a client program against a server of its own. */
async function withServer(module: string, clients: number, seconds: number): Promise<Answer> {
  const folder = await Deno.makeTempDir({ prefix: "tram-bench-" });
  try {
    await using server = new Child(
      Deno.execPath(),
      denoRun(
        "../cli.ts",
        ...["collect", "serve", "--port", "0", "--insecure", "--config", "none"],
        // Nobody reads on after the first line, and a full pipe would stop the server.
        ...["--log-level", "warn", "--store", `${folder}/bench.sqlite`],
      ),
    );
    const port = (await server.line(TIMEOUT_MS)).split(":").at(-1);
    return await answerOf(module, `${port}`, `${clients}`, `${seconds}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function tram(clients: number, seconds: number): Promise<Sample> {
  const { perSecond } = await withServer("peers/collect_load.ts", clients, seconds);
  return { value: perSecond / 1000, details: {} };
}

async function crowd(clients: number, seconds: number): Promise<Answer> {
  return await withServer("peers/collect_clients.ts", clients, seconds);
}

const wanted = (value: number) => ({
  name: "wanted",
  run: () => Promise.resolve({ value, details: {} }),
});

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
        wanted(WANTED),
      ], options),
    );
  }
  measurements.push(
    ...await interleave(CROWD, "k/s", [
      {
        name: "tram",
        run: async () => ({ value: (await crowd(1000, seconds)).perSecond / 1000, details: {} }),
      },
      wanted(100),
    ], options),
    ...await interleave(OFFSET, "us", [
      {
        name: "tram",
        run: async () => {
          const { offsetUs, boundUs, outside } = await crowd(10, seconds);
          return { value: offsetUs, details: { "bound us": boundUs, "outside": outside } };
        },
      },
      wanted(50),
    ], options),
  );
  return {
    bench: "collect",
    question:
      "thousands of timestamps a second, committed and acknowledged; error of an offset in us",
    measurements,
    verdicts: judge(TARGETS, measurements),
  };
};
