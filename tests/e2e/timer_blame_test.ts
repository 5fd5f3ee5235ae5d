/**
 * Whom `timer ping` blames when server, client or the path between really stood still, and whether
 * its figures are those that arithmetic asks for.
 */
import assert from "node:assert/strict";
import { systemClock } from "../../lib/clock/system_clock.ts";
import { tcpNetwork } from "../../lib/transport/tcp_network.ts";
import { FaultProxy } from "../proxy/fault_proxy.ts";
import type { Direction } from "../proxy/scripts.ts";
import { joined, startServer, suspend, TramProcess, wait, withFolder } from "./processes.ts";

const RATE = 2000;
const DURATION_S = 4;
const STOP_MS = 1400;

/** From the client's arrival to the stop, in milliseconds: enough for the run to have a median. */
const UNDISTURBED_MS = 900;

const OPEN_LOOP = ["--rate", String(RATE), "--duration", `${DURATION_S}s`, "--in-flight", "1"];
const CLOSED_LOOP = ["--duration", `${DURATION_S}s`];

/** What a test can stop. Each says how long it did, in milliseconds. */
interface Parties {
  readonly server: TramProcess;
  readonly client: TramProcess;
  readonly proxy: FaultProxy;
}
type Stop = (parties: Parties) => Promise<number>;

const stopServer: Stop = ({ server }) => suspend(server, STOP_MS);
const stopClient: Stop = ({ client }) => suspend(client, STOP_MS);
const stall = (...directions: Direction[]): Stop => async ({ proxy }) => {
  for (const direction of directions) proxy.stall({ direction });
  const fromMs = performance.now();
  await wait(STOP_MS);
  const lengthMs = performance.now() - fromMs;
  for (const direction of directions) proxy.resume({ direction });
  return lengthMs;
};

/** A run that was stopped in the middle. Times in milliseconds. */
async function stoppedRun(args: readonly string[], stop: Stop, viaProxy = false) {
  const { process: server, port } = await startServer(["--json"]);
  await using _server = server;
  const target = { host: "127.0.0.1", port: Number(port) };
  await using proxy = new FaultProxy({ network: tcpNetwork, clock: systemClock, target });
  const to = String(viaProxy ? proxy.address.port : port);
  return await withFolder(async (folder) => {
    const path = `${folder}/all.csv`;
    const all = ["timer", "ping", "--port", to, ...args, "--samples", path, "--json"];
    await using client = new TramProcess(all);
    await joined(server, 1);
    await wait(UNDISTURBED_MS);
    const stopMs = await stop({ server, client, proxy });
    const { stdout, stderr } = await client.ended;
    assert.equal(stderr, "");
    const summary = JSON.parse(stdout);
    const { response, service, blame } = summary;
    const p99Ms = ({ percentiles }: typeof response): number =>
      percentiles.find(({ percentile }: { percentile: number }) => percentile === 99).ns / 1e6;
    return {
      summary,
      samples: samplesIn(await Deno.readTextFile(path)),
      culprit: blame.culprit,
      lostNs: blame.lostNs,
      stopMs,
      responseP99Ms: p99Ms(response),
      serviceP99Ms: p99Ms(service),
      serviceMaxMs: service.maxNs / 1e6,
      client: millisecondsOf(blame.stops.client),
      server: millisecondsOf(blame.stops.server),
    };
  });
}

/** What each request took after there was room for it, in milliseconds. */
function samplesIn(csv: string) {
  const [header = "", ...lines] = csv.trimEnd().split("\n");
  const names = header.split(",");
  const [service, lateness] = [names.indexOf("service_ns"), names.indexOf("lateness_ns")];
  return lines.map((line) => {
    const values = line.split(",");
    return {
      serviceMs: Number(values[service]) / 1e6,
      latenessMs: Number(values[lateness]) / 1e6,
    };
  });
}

type StoppedRun = Awaited<ReturnType<typeof stoppedRun>>;

function millisecondsOf(stops: { count: number; totalNs: number; longestNs: number }) {
  return { ...stops, totalMs: stops.totalNs / 1e6, longestMs: stops.longestNs / 1e6 };
}

/**
 * The 99th percentile that the stop alone makes, if all is caught up with at once: the request planned
 * `u` after a stop of length S began waits S - u for its end, and 1 % of all requests were planned
 * while u < 1 % of the duration.
 */
function leastP99Ms(stopMs: number): number {
  return stopMs - 0.01 * DURATION_S * 1000;
}

/**
 * The 99th percentile with the speed at which this machine really caught up: a queue in which the
 * stop takes as long as the test made it, and all others what they took.
 */
function expectedP99Ms({ stopMs, samples }: StoppedRun): number {
  const took = samples.map(({ serviceMs, latenessMs }) => serviceMs + latenessMs);
  took[took.indexOf(Math.max(...took))] = stopMs;
  let freeMs = 0;
  const responsesMs = took.map((ms, i) => {
    const plannedMs = i / RATE * 1000;
    freeMs = Math.max(freeMs, plannedMs) + ms;
    return freeMs - plannedMs;
  });
  return responsesMs.sort((a, b) => a - b)[Math.ceil(0.99 * took.length) - 1] ?? NaN;
}

/** How long both sides stood still on top of the stop: the machine has other things to do. */
function noiseMs({ client, server, stopMs }: StoppedRun): number {
  const sum = client.totalMs + server.totalMs;
  return Math.max(client.longestMs, server.longestMs) >= stopMs ? sum - stopMs : sum;
}

function assertOpenLoop(run: StoppedRun): void {
  const { responseP99Ms, serviceP99Ms, stopMs, summary } = run;
  const expectedMs = expectedP99Ms(run);
  const detail = `p99 ${responseP99Ms} ms, expected ${expectedMs} ms after ${stopMs} ms`;
  assert(Math.abs(responseP99Ms - expectedMs) <= 0.05 * expectedMs, detail);
  assert(responseP99Ms >= 0.99 * leastP99Ms(stopMs), detail);
  assert(serviceP99Ms < stopMs / 5, `p99 of the service ${serviceP99Ms} ms`);
  assert.equal(summary.measured, RATE * DURATION_S);
  assert.equal(summary.answered, RATE * DURATION_S);
  assert.equal(summary.lost + summary.unanswered + summary.unsent, 0);
}

/** The stop was seen once, as long as it was. Shorter ones are the machine's own. */
function assertStopSeen(run: StoppedRun, side: "client" | "server"): void {
  const { count, longestMs, totalMs } = run[side];
  const { stopMs } = run;
  assert(count >= 1);
  assert(longestMs >= 0.99 * stopMs, `${longestMs} of ${stopMs} ms`);
  assert(longestMs <= 1.05 * stopMs + noiseMs(run), `${longestMs} of ${stopMs} ms`);
  assert(totalMs < 2 * stopMs, "counted once");
}

/** One request was under way, unless the client happened not to run as the stop began. */
function assertOneTookAll(run: StoppedRun): void {
  const { serviceMaxMs, stopMs } = run;
  assert(serviceMaxMs >= 0.95 * stopMs - noiseMs(run), `${serviceMaxMs} of ${stopMs} ms`);
}

function assertStopNotSeen(run: StoppedRun, side: "client" | "server"): void {
  assert(run[side].longestMs < run.stopMs / 2, `${side}: ${run[side].longestMs} ms`);
}

Deno.test("timer ping blames a server that was stopped, and shows what users felt", async () => {
  const run = await stoppedRun(OPEN_LOOP, stopServer);
  assert.equal(run.culprit, "server", JSON.stringify(run.lostNs));
  assertStopSeen(run, "server");
  assertStopNotSeen(run, "client");
  assertOpenLoop(run);
  assertOneTookAll(run);
});

Deno.test("timer ping blames its own machine when it was stopped itself", async () => {
  const run = await stoppedRun(OPEN_LOOP, stopClient);
  assert.equal(run.culprit, "client", JSON.stringify(run.lostNs));
  assertStopSeen(run, "client");
  assertStopNotSeen(run, "server");
  assertOpenLoop(run);
});

for (
  const [what, directions] of [
    ["path that stalled both ways", ["there", "back"]],
    ["path that stalled on the way there", ["there"]],
    ["path that stalled on the way back", ["back"]],
  ] as const
) {
  Deno.test(`timer ping blames a ${what}`, async () => {
    const run = await stoppedRun(OPEN_LOOP, stall(...directions), true);
    assert.equal(run.culprit, "path", JSON.stringify(run.lostNs));
    assertStopNotSeen(run, "server");
    assertStopNotSeen(run, "client");
    assertOpenLoop(run);
  });
}

Deno.test("timer ping in a closed loop blames a stopped server, though one answer was slow", async () => {
  const run = await stoppedRun(CLOSED_LOOP, stopServer);
  const { client, server, path } = run.lostNs;
  assert(server / 1e6 >= 0.95 * run.stopMs - noiseMs(run), JSON.stringify(run.lostNs));
  // A closed loop feels the stop once. Many short delays may well have cost more on a busy machine.
  if (client + path < server) assert.equal(run.culprit, "server");
  assertStopSeen(run, "server");
  assertStopNotSeen(run, "client");
  assertOneTookAll(run);
  assert(run.responseP99Ms < run.stopMs / 5, "the percentiles do not show it: that is the trap");
});
