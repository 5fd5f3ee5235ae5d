/**
 * How long a small message and its answer take over one TCP connection between two processes on one
 * machine, one exchange after the other.
 */
import { makeCertificates } from "./certificates.ts";
import { Child, denoRun, runProgram } from "./child.ts";
import { interleave } from "./interleave.ts";
import { type Bench, judge, type Sample, type Target } from "./report.ts";
import { findSockperf } from "./toolchains.ts";

const ROW = "64 B";
const TIMEOUT_MS = 30_000;
const SOCKPERF_SECONDS = 2;

const TARGETS: readonly Target[] = [{
  row: ROW,
  contestant: "tram",
  against: "bare echo",
  relation: "times",
  sense: "at most",
  limit: 1.1,
}];

async function pingPong(module: string, ...extra: string[]): Promise<Sample> {
  await using server = new Child(Deno.execPath(), denoRun(module, "serve", ...extra));
  const { port } = JSON.parse(await server.line(TIMEOUT_MS));
  await using client = new Child(Deno.execPath(), denoRun(module, "ping", port, ...extra));
  const { p50Us, p99Us } = JSON.parse(await client.line(TIMEOUT_MS));
  return { value: p50Us, details: { "p99 us": p99Us } };
}

/** A port that was free a moment ago: sockperf cannot choose one. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function sockperf(program: string): Promise<Sample> {
  const port = `${freePort()}`;
  const to = ["--tcp", "-i", "127.0.0.1", "-p", port];
  await using server = new Child(program, ["server", ...to]);
  while (!(await server.line(TIMEOUT_MS)).includes("Warmup stage")); // then it listens
  const { isSuccess, output } = await runProgram(
    program,
    ["ping-pong", ...to, "-m", "64", "-t", `${SOCKPERF_SECONDS}`, "--full-rtt"],
    { timeoutMs: TIMEOUT_MS },
  );
  const percentile = (name: string) =>
    Number(new RegExp(`percentile ${name}\\d* =\\s*([\\d.]+)`).exec(output)?.[1]);
  const p50Us = percentile("50.0");
  if (!isSuccess || Number.isNaN(p50Us)) throw new Error(`Cannot measure sockperf: ${output}`);
  return { value: p50Us, details: { "p99 us": percentile("99.0") } };
}

/** The round-trip bench. */
export const roundtrip: Bench = async (options) => {
  const build = await findSockperf();
  using certificates = await makeCertificates();
  const measurements = await interleave(ROW, "us, p50", [
    { name: "tram", run: () => pingPong("peers/echo_tram.ts") },
    {
      name: "tram over TLS",
      run: () => pingPong("peers/echo_tram.ts", "tls", certificates.folder),
    },
    { name: "bare echo", run: () => pingPong("peers/echo_bare.ts") },
    "program" in build
      ? { name: "sockperf", run: () => sockperf(build.program) }
      : { name: "sockperf", absence: build.absence, run: () => Promise.reject() },
  ], options);
  return {
    bench: "roundtrip",
    question: "64 bytes there and back, one connection, two processes, 20,000 exchanges",
    measurements,
    verdicts: judge(TARGETS, measurements),
  };
};
