/** What `timer ping` costs by itself, and how exactly it keeps to a rate. */
import { Child, denoRun } from "./child.ts";
import { interleave } from "./interleave.ts";
import { type Bench, judge, type Sample, type Target } from "./report.ts";

const BOOKKEEPING = "one sample";
const TIMEOUT_MS = 60_000;
const SECONDS = 3;
const QUICK_SECONDS = 1;

/** Rates, and how many requests may be in flight on the one connection. */
const RATES = [
  { row: "2,000/s, 1 in flight", rate: 2_000, inFlight: 1 },
  { row: "20,000/s, 64 in flight", rate: 20_000, inFlight: 64 },
] as const;

const TARGETS: readonly Target[] = [
  {
    row: BOOKKEEPING,
    contestant: "tram",
    against: "bare clock",
    relation: "plus",
    sense: "at most",
    limit: 2,
  },
  ...RATES.map(({ row }): Target => ({
    row,
    contestant: "tram",
    against: "setTimeout",
    relation: "times",
    sense: "at most",
    limit: 0.1,
  })),
];

async function answerOf(module: string, ...args: readonly string[]): Promise<unknown> {
  await using child = new Child(Deno.execPath(), denoRun(module, ...args));
  return JSON.parse(await child.line(TIMEOUT_MS));
}

async function bookkeeping(contestant: string): Promise<Sample> {
  const { nsPerSample } = await answerOf("peers/bookkeeping.ts", contestant) as {
    readonly nsPerSample: number;
  };
  return { value: nsPerSample / 1000, details: {} };
}

async function paceByTimeout(rate: number, seconds: number): Promise<Sample> {
  const { p50Us, p99Us } = await answerOf(
    "peers/pace_timeout.ts",
    `${rate}`,
    `${rate * seconds}`,
  ) as { readonly p50Us: number; readonly p99Us: number };
  return { value: p50Us, details: { "lateness p99 us": p99Us } };
}

/** What is read of the summary of `timer ping --json`. */
interface Summary {
  readonly isRateReached: boolean;
  readonly response: Distribution;
  readonly lateness: Distribution;
}

interface Distribution {
  readonly percentiles: readonly { readonly percentile: number; readonly ns: number }[];
}

async function ping(rate: number, inFlight: number, seconds: number): Promise<Sample> {
  await using server = new Child(
    Deno.execPath(),
    denoRun("../cli.ts", "timer", "serve", "--port", "0", "--json", "--config", "none"),
  );
  const { port } = JSON.parse(await server.line(TIMEOUT_MS));
  const summary = await answerOf(
    "../cli.ts",
    ...["timer", "ping", "--json", "--config", "none", "--port", `${port}`],
    ...["--rate", `${rate}`, "--in-flight", `${inFlight}`],
    ...["--duration", `${seconds}s`, "--warmup", "500ms"],
  ) as Summary;
  if (!summary.isRateReached) throw new Error(`Cannot reach ${rate}/s here`);
  const us = ({ percentiles }: Distribution, percentile: number) =>
    (percentiles.find((each) => each.percentile === percentile)?.ns ?? NaN) / 1000;
  return {
    value: us(summary.lateness, 50),
    details: {
      "lateness p99 us": us(summary.lateness, 99),
      "response p50 us": us(summary.response, 50),
      "response p99 us": us(summary.response, 99),
    },
  };
}

/** The timer bench. */
export const timer: Bench = async (options) => {
  const seconds = options.isQuick ? QUICK_SECONDS : SECONDS;
  const measurements = [
    ...await interleave(BOOKKEEPING, "us", [
      { name: "tram", run: () => bookkeeping("tram") },
      { name: "bare clock", run: () => bookkeeping("bare") },
    ], options),
  ];
  for (const { row, rate, inFlight } of RATES) {
    measurements.push(
      ...await interleave(row, "us", [
        { name: "tram", run: () => ping(rate, inFlight, seconds) },
        { name: "setTimeout", run: () => paceByTimeout(rate, seconds) },
      ], options),
    );
  }
  return {
    bench: "timer",
    question: "us of bookkeeping per sample; us that half of the requests are sent late at a rate",
    measurements,
    verdicts: judge(TARGETS, measurements),
  };
};
