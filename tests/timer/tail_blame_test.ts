import assert from "node:assert/strict";
import { FakeClock } from "../../lib/clock/fake_clock.ts";
import { clockPacer } from "../../lib/clock/pacer.ts";
import { AnswerBook } from "../../lib/timer/answer_book.ts";
import { Measurement } from "../../lib/timer/measurement.ts";
import { PingRun } from "../../lib/timer/ping_run.ts";
import { NO_GAP } from "../../lib/timer/protocol.ts";
import { type Culprit, TailBlame } from "../../lib/timer/tail_blame.ts";
import { MAX_SLICES } from "../../lib/timer/time_slices.ts";
import "../fake_context.ts"; // prepares histograms

const MS = 1e6;

/** Blame after a thousand answers of 1 ms. */
function calm(countFromNs?: number): TailBlame {
  const blame = new TailBlame(countFromNs);
  for (let i = 0; i < 1000; i++) {
    const atNs = i * MS;
    blame.record({
      client: 0,
      plannedNs: atNs,
      writtenNs: atNs,
      repliedNs: atNs + MS,
      latenessNs: 0,
    });
  }
  return blame;
}

/** Checks the shares, in ms; what the usual round trip is taken off from does not matter. */
function assertLost(blame: TailBlame, expected: Readonly<Record<Culprit, number>>): void {
  const { lostNs } = blame.summary();
  for (const culprit of ["client", "server", "path"] as const) {
    const ms = lostNs[culprit] / MS;
    assert.ok(Math.abs(ms - expected[culprit]) < 2, `${culprit}: ${ms}, not ${expected[culprit]}`);
  }
}

Deno.test("TailBlame blames nobody when nothing is slow", () => {
  const blame = calm();
  blame.stopped("client", { fromNs: 0, toNs: 900 * MS });
  const { slow, culprit, stops, lostNs } = blame.summary();
  assert.deepEqual([slow, culprit, stops.client.count], [0, undefined, 1]);
  assert.deepEqual(lostNs, { client: 0, server: 0, path: 0 });
});

Deno.test("TailBlame takes answers over three times the median as slow", () => {
  const blame = calm();
  const answer = (ms: number) =>
    blame.record({ client: 0, plannedNs: 0, writtenNs: 0, repliedNs: ms * MS, latenessNs: 0 });
  answer(2.8);
  assert.equal(blame.summary().slow, 0);
  answer(3.2);
  assert.equal(blame.summary().slow, 1);
});

Deno.test("TailBlame blames the client for what it was late or stopped", () => {
  const late = calm();
  const times = { client: 0, plannedNs: 2000 * MS, writtenNs: 2100 * MS, repliedNs: 2101 * MS };
  late.record({ ...times, latenessNs: 100 * MS });
  assert.equal(late.summary().culprit, "client");
  assertLost(late, { client: 100, server: 0, path: 0 });

  const stopped = calm();
  stopped.stopped("client", { fromNs: 2010 * MS, toNs: 2090 * MS });
  stopped.record({ ...times, writtenNs: 2000 * MS, latenessNs: 0 });
  const summary = stopped.summary();
  assert.equal(summary.culprit, "client");
  assertLost(stopped, { client: 80, server: 0, path: 20 });
  assert.deepEqual(summary.stops.client, { count: 1, totalNs: 80 * MS, longestNs: 80 * MS });
});

Deno.test("TailBlame blames the server for what it was stopped meanwhile", () => {
  const blame = calm();
  blame.stopped("server", { fromNs: 1950 * MS, toNs: 2050 * MS });
  blame.stopped("server", { fromNs: 2060 * MS, toNs: 2095 * MS });
  blame.record({
    client: 0,
    plannedNs: 2000 * MS,
    writtenNs: 2000 * MS,
    repliedNs: 2100 * MS,
    latenessNs: 0,
  });
  const summary = blame.summary();
  assert.equal(summary.culprit, "server");
  assertLost(blame, { client: 0, server: 85, path: 15 });
  assert.deepEqual(summary.stops.server, { count: 2, totalNs: 135 * MS, longestNs: 100 * MS });
});

/** Ten answers of 100 ms, nothing but waiting; then requests that are held back by the last of them. */
function queued(blame: TailBlame, culprit: "client" | "server" | "path"): void {
  const writtenNs = 2000 * MS;
  const repliedNs = 2100 * MS;
  if (culprit !== "path") blame.stopped(culprit, { fromNs: writtenNs, toNs: repliedNs });
  blame.record({ client: 0, plannedNs: writtenNs, writtenNs, repliedNs, latenessNs: 0 });
  // One millisecond each, and they fall due twice a millisecond: the queue is not worked off.
  for (let i = 0; i < 50; i++) {
    blame.record({
      client: 0,
      plannedNs: writtenNs + (i + 1) * MS / 2,
      writtenNs: repliedNs + i * MS,
      repliedNs: repliedNs + (i + 1) * MS,
      latenessNs: 0,
    });
  }
}

for (const culprit of ["client", "server", "path"] as const) {
  Deno.test(`TailBlame blames the ${culprit} for the requests that its delay held back`, () => {
    const blame = calm();
    queued(blame, culprit);
    const summary = blame.summary();
    assert.deepEqual([summary.slow, summary.culprit], [51, culprit]);
    assert.ok(summary.lostNs[culprit] > 50 * 90 * MS, "what was held back counts as well");
  });
}

Deno.test("TailBlame keeps the queues of connections apart", () => {
  const blame = calm();
  queued(blame, "server");
  const before = blame.summary();
  const times = { plannedNs: 2300 * MS, writtenNs: 2300 * MS, repliedNs: 2301 * MS };
  for (const client of [1, 2]) blame.record({ client, ...times, latenessNs: 0 });
  assert.deepEqual(blame.summary(), before);
});

Deno.test("TailBlame knows a number for each even when nothing came before a queue", () => {
  for (const answerMs of [0, 1]) {
    const blame = new TailBlame();
    for (let i = 0; i < 5; i++) {
      blame.record({
        client: 0,
        plannedNs: i * MS,
        writtenNs: 500 * MS,
        repliedNs: (500 + answerMs) * MS,
        latenessNs: 0,
      });
    }
    const { lostNs, slow } = blame.summary();
    assert.equal(slow, 5);
    for (const ns of Object.values(lostNs)) assert.ok(Number.isFinite(ns), `${ns}`);
    assert.ok(lostNs.path > 4 * 490 * MS);
  }
});

Deno.test("TailBlame counts a stop once that several connections tell of", () => {
  const blame = calm();
  for (const laterMs of [0, 1, 2]) {
    const fromNs = (2000 + laterMs) * MS;
    blame.stopped("server", { fromNs, toNs: fromNs + 50 * MS });
  }
  assert.deepEqual(blame.summary().stops.server.count, 1);
});

Deno.test("TailBlame takes no more than an answer took", () => {
  const blame = calm();
  blame.stopped("client", { fromNs: 1000 * MS, toNs: 9000 * MS });
  blame.stopped("server", { fromNs: 1000 * MS, toNs: 9000 * MS });
  blame.record({
    client: 0,
    plannedNs: 2000 * MS,
    writtenNs: 2000 * MS,
    repliedNs: 2100 * MS,
    latenessNs: 0,
  });
  assertLost(blame, { client: 100, server: 0, path: 0 });
});

Deno.test("Measurement and AnswerBook take no more memory for a day than for a minute", () => {
  using measurement = new Measurement(0, true);
  const book = new AnswerBook();
  let heapBytes = 0;
  for (let second = 0; second < 24 * 3600; second++) {
    const atNs = second * 1e9;
    const sequence = book.send();
    measurement.record({
      client: 0,
      sequence,
      plannedNs: atNs,
      roomNs: 0,
      writtenNs: atNs,
      repliedNs: atNs + 500_000 + second % 97 * 1000,
      gapNs: second === 0 ? NO_GAP : 1e9,
    });
    book.answer(sequence);
    measurement.serverStopped(atNs, 30 * MS);
    const { slices } = measurement.distributions.response;
    assert.ok(slices.length <= MAX_SLICES);
    if (second === 3600) heapBytes = Deno.memoryUsage().heapUsed;
  }
  const { response, gap } = measurement.distributions;
  assert.deepEqual([response.count, gap.count], [86_400, 86_399]);
  assert.ok(response.slices.length > MAX_SLICES / 2);
  const grownBytes = Deno.memoryUsage().heapUsed - heapBytes;
  assert.ok(grownBytes < 32e6, `${grownBytes} bytes more`);
});

Deno.test("TailBlame counts no stop of the warm-up, and of one at its end what is after it", () => {
  const blame = calm(1000 * MS);
  blame.stopped("client", { fromNs: 200 * MS, toNs: 300 * MS });
  blame.stopped("server", { fromNs: 960 * MS, toNs: 1000 * MS });
  blame.stopped("client", { fromNs: 900 * MS, toNs: 1050 * MS });
  const { stops } = blame.summary();
  assert.deepEqual(stops.client, { count: 1, totalNs: 50 * MS, longestNs: 50 * MS });
  assert.equal(stops.server.count, 0);
});

Deno.test("PingRun counts no stop of its warm-up", async () => {
  const clock = new FakeClock();
  using run = new PingRun({
    ...{ clock, pacer: clockPacer(clock), connections: [] },
    ...{ inFlight: 1, timeoutMs: 1000, sizeBytes: 16, sliced: false },
    load: {
      ...{ ratePerSecond: undefined, clients: 1, count: Infinity },
      ...{ durationNs: Infinity, warmupNs: 1000 * MS },
    },
  });
  await clock.advance(900);
  run.onServerStopped(100 * MS);
  await clock.advance(900);
  run.onServerStopped(300 * MS);
  const { count, totalNs } = run.measurement.blame.summary().stops.server;
  assert.deepEqual([count, totalNs], [1, 300 * MS]);
});
