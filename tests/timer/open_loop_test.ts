/** Runs of `timer ping --rate` whose every time is known beforehand. */
import assert from "node:assert/strict";
import { IS_SLOW, percentileOf, type Summary, timerRoom } from "./timer_room.ts";

const MS = 1e6;

/** Requests per second of the longer runs. */
const RATE = IS_SLOW ? 200 : 2000;

Deno.test("timer ping --rate measures a constant path exactly, at exactly the rate", async () => {
  await using room = await timerRoom({ thereUs: 300, backUs: 200 });
  const count = IS_SLOW ? 600 : 6000;
  const summary = await room.summary("--rate", "2000", "--duration", IS_SLOW ? "300ms" : "3s");
  const { exitCode, end, sent, answered, measured, missing, isRateReached } = summary;
  assert.deepEqual([exitCode, end, sent, answered], [0, "done", count, count]);
  assert.deepEqual([measured, missing, isRateReached], [count, 0, true]);
  assert.equal(summary.perSecond, 2000);
  for (const { count: all, minNs, maxNs } of [summary.response, summary.service]) {
    assert.deepEqual([all, minNs, maxNs], [count, 500_000, 500_000]);
  }
  for (const { minNs, maxNs } of [summary.held, summary.lateness]) {
    assert.deepEqual([minNs, maxNs], [0, 0]);
  }
  assert.deepEqual([summary.gap.count, summary.gap.minNs], [count - 1, 500_000]);
  assert.equal(summary.gap.maxNs, 500_000);
  assert.deepEqual([summary.blame.slow, summary.isClientLimited], [0, false]);
});

Deno.test("timer ping --rate shows a stall as long as users would have felt it", async () => {
  const stallMs = 1400;
  const totalMs = 10_000;
  await using room = await timerRoom({ thereUs: 30, backUs: 20 });
  const ping = room.ping(
    ["--rate", `${RATE}`, "--duration", "10s", "--json", "--samples", "all.csv"],
  );
  await room.clock.advance(3000.2);
  for (const link of room.network.links) link.stall();
  await room.clock.advance(stallMs);
  for (const link of room.network.links) link.resume();
  const { exitCode, out } = await room.ended(ping);
  const summary = JSON.parse(out) as Summary;
  assert.deepEqual([exitCode, summary.sent, summary.answered], [0, 10 * RATE, 10 * RATE]);

  // Of all requests 1 % fell due in the first 1 % of the run after the stall's begin.
  const expectedNs = (stallMs - 0.01 * totalMs) * MS;
  const p99 = percentileOf(summary.response, 99) ?? 0;
  assert.ok(Math.abs(p99 / expectedNs - 1) < 0.05, `p99 ${p99}, not ${expectedNs}`);
  assert.ok((percentileOf(summary.service, 99) ?? Infinity) < 60_000, "but one were quick");
  assert.ok(Math.abs((summary.service.maxNs ?? 0) / (stallMs * MS) - 1) < 0.01);
  assert.equal(summary.lateness.maxNs, 0);
  assert.equal(summary.blame.culprit, "path");
  const { client, server, path } = summary.blame.lostNs;
  assert.deepEqual([client, server], [0, 0]);
  assert.ok(path > RATE * stallMs * MS / 2, "the area of the triangle");
  assert.equal(summary.blame.stops.client.count + summary.blame.stops.server.count, 0);

  const lines = (room.texts.get("all.csv") ?? "").trimEnd().split("\n").slice(1);
  assert.equal(lines.length, 10 * RATE);
  for (const line of lines) {
    const [, sequence, planned, written, replied, response, service, held, lateness] = line
      .split(",").map(Number) as [number, ...number[]] & { 8: number };
    assert.equal(planned, (sequence ?? 0) * 1e9 / RATE, line);
    assert.equal(response, (held ?? 0) + lateness + (service ?? 0), line);
    assert.deepEqual([response, service], [
      (replied ?? 0) - (planned ?? 0),
      (replied ?? 0) - (written ?? 0),
    ]);
  }
});

Deno.test("timer ping leaves the warm-up out", async () => {
  for (const rate of [["--rate", "1000"], []]) {
    await using room = await timerRoom({ thereUs: 5000 });
    const ping = room.ping(
      [...rate, "--in-flight", "16", "--warmup", "500ms", "--duration", "1s", "--json"],
    );
    await room.clock.advance(500);
    for (const { there } of room.network.links) there.settings.delayUs = 1000;
    const { exitCode, out } = await room.ended(ping);
    const { response, measured, sent, missing } = JSON.parse(out) as Summary;
    assert.equal(exitCode, 0);
    assert.deepEqual([measured, missing], [response.count, 0]);
    // What was planned in the warm-up took 5 ms; bytes keep their order, so some wait for it.
    assert.ok((response.maxNs ?? Infinity) <= 5 * MS);
    assert.equal(percentileOf(response, 50), 1 * MS);
    if (rate.length > 0) assert.deepEqual([measured, sent], [1000, 1500]);
    else assert.ok(measured >= 16 * 990 && measured <= 16_016 && sent > measured);
  }
});

Deno.test("timer ping --clients shares the rate between connections", async () => {
  await using room = await timerRoom({ thereUs: 2500 });
  const summary = await room.summary(
    ...["--rate", "1000", "--clients", "4", "--count", "1002", "--samples", "all.csv"],
  );
  assert.equal(summary.exitCode, 0);
  assert.deepEqual([summary.sent, summary.answered, summary.measured], [1002, 1002, 1002]);
  assert.deepEqual([summary.response.minNs, summary.response.maxNs], [2.5 * MS, 2.5 * MS]);
  assert.deepEqual([summary.gap.minNs, summary.gap.maxNs], [4 * MS, 4 * MS]);
  const perClient = [0, 0, 0, 0];
  for (const line of (room.texts.get("all.csv") ?? "").trimEnd().split("\n").slice(1)) {
    const [client = 0, sequence = 0, planned = 0] = line.split(",").map(Number);
    assert.equal(sequence, perClient[client]);
    assert.equal(planned, (sequence * 4 + client) * MS);
    perClient[client] = sequence + 1;
  }
  assert.deepEqual(perClient, [251, 251, 250, 250]);
});

Deno.test("timer ping ends with the last answer even if some clients have nothing to send", async () => {
  for (const rate of [["--rate", "1000"], []]) {
    await using room = await timerRoom({ thereUs: 1000 });
    const startNs = room.clock.monotonicNs();
    const { exitCode, sent } = await room.summary(...rate, "--clients", "5", "--count", "2");
    assert.deepEqual([exitCode, sent], [0, 2]);
    const tookMs = (room.clock.monotonicNs() - startNs) / MS;
    assert.ok(tookMs < 100, `it took ${tookMs} ms`);
  }
});

Deno.test("timer ping in a closed loop measures for --duration", async () => {
  await using room = await timerRoom({ thereUs: 700, backUs: 300 });
  const { exitCode, sent, measured, isRateReached, perSecond } = await room.summary(
    ...["--duration", "2s", "--clients", "2"],
  );
  assert.deepEqual([exitCode, sent, measured, isRateReached], [0, 4000, 4000, null]);
  assert.ok(Math.abs((perSecond ?? 0) - 2000) < 2);
});

Deno.test("timer ping says what it never sent of a rate that cannot be reached, and ends with 3", async () => {
  await using room = await timerRoom({ thereUs: 5000 });
  const flags = ["--rate", "400", "--duration", "4s", "--timeout", "2s"];
  const summary = await room.summary(...flags);
  assert.deepEqual([summary.exitCode, summary.end], [3, "done"]);
  // 200 a second for 4 s and the 2 s that the last ones are waited for.
  assert.ok(Math.abs(summary.sent - 1200) <= 2);
  assert.equal(summary.unsent, 1600 - summary.sent);
  assert.deepEqual([summary.measured, summary.missing], [summary.sent, summary.unsent]);
  assert.equal(summary.isRateReached, false);
  assert.equal(percentileOf(summary.response, 90), null, "among those that were never sent");
  assert.equal(summary.blame.culprit, "path");
  const { exitCode, out } = await room.ended(room.ping(flags));
  assert.equal(exitCode, 3);
  assert.match(out, /^1,(19|20)\d sent, /m);
  assert.match(out, /\b(39|40)\d never sent\b/);
  assert.match(out, /^rate not reached: (199|20\d)\/s of 400\/s/m);
});

Deno.test("timer ping that is interrupted ends with 130 and counts that add up", async () => {
  for (const [inFlight, thereUs] of [[1, 400], [1, 900], [64, 10_000]] as const) {
    await using room = await timerRoom({ thereUs });
    const flags = ["--rate", "2000", "--duration", "10s", "--in-flight", `${inFlight}`];
    const ping = room.ping([...flags, "--json"]);
    await room.clock.advance(300.2);
    ping.interrupt();
    const { exitCode, out } = await room.ended(ping);
    const summary = JSON.parse(out) as Summary;
    assert.deepEqual([exitCode, summary.end], [130, "stopped"]);
    const { sent, answered, unanswered, lost, late, unsent, response } = summary;
    assert.equal(sent, answered + unanswered);
    assert.deepEqual([lost, late], [0, 0]);
    const due = sent + unsent; // less what fell into the time that connecting took
    assert.ok(due <= 601 && due >= 601 - 4 * thereUs / 500, `${due} were due`);
    assert.equal(response.count, answered);
    assert.ok(unanswered <= inFlight);
    assert.equal(unsent > 10, thereUs === 900);
    assert.equal(summary.isRateReached, thereUs !== 900);
  }
});
