import assert from "node:assert/strict";
import { settle } from "../../lib/clock/fake_clock.ts";
import { displayWidth } from "../../lib/terminal/display_width.ts";
import type { Summary } from "./timer_room.ts";
import { timerRoom } from "./timer_room.ts";

Deno.test("timer ping reports every round trip, exactly as long as the path makes it", async () => {
  await using room = await timerRoom({ thereUs: 300, backUs: 200 });
  const summary = await room.summary("--count", "100");
  const { end, sent, answered, lost, unanswered, exitCode } = summary;
  assert.deepEqual([end, sent, answered, lost, unanswered, exitCode], ["done", 100, 100, 0, 0, 0]);
  for (const { count, minNs, meanNs, maxNs, percentiles } of [summary.response, summary.service]) {
    assert.deepEqual([count, minNs, meanNs, maxNs], [100, 500_000, 500_000, 500_000]);
    assert.deepEqual(
      percentiles,
      [{ percentile: 50, ns: 500_000 }, { percentile: 90, ns: 500_000 }],
      "p99 of 100 samples has one sample above it",
    );
  }
  assert.equal(summary.held.maxNs, 0);
  assert.equal(summary.lateness.maxNs, 0);
  assert.equal(summary.gap.count, 99, "the first request has none before it");
  assert.equal(summary.gap.minNs, 500_000);
  assert.deepEqual(summary.jitter, { meanStepNs: 0, p50ToP95Ns: 0 });
  assert.equal(summary.blame.culprit, null);
  assert.equal(summary.isRateReached, null);
});

Deno.test("timer ping draws the histogram within the width of the terminal", async () => {
  for (const columns of [40, 80, 200]) {
    await using room = await timerRoom({ thereUs: 50, jitterUs: 900 });
    const { exitCode, out } = await room.ended(room.ping(["--num_msgs", "300"], columns));
    assert.equal(exitCode, 0);
    assert.match(
      out.replace(/\n */g, " "),
      / 300 sent,? 300 answered,? 0 lost,? [\d,]+ per second /,
    );
    assert.match(out, /^count +300 +299$/m);
    for (const line of out.split("\n")) assert(displayWidth(line) <= columns, line);
    assert(out.split("\n").filter((line) => line.includes("█")).length > 3);
  }
});

Deno.test("timer ping goes on after a loss, until the line is given up, and ends with 3", async () => {
  await using room = await timerRoom({ thereUs: 1000 });
  const ping = room.ping(["--count", "1000000", "--timeout", "2s", "--json"]);
  await room.clock.advance(50);
  for (const link of room.network.links) link.stall();
  const { exitCode, out } = await room.ended(ping);
  assert.equal(exitCode, 3);
  const { end, reason, lost, answered, sent, unanswered } = JSON.parse(out) as Summary;
  assert.deepEqual([end, reason?.code], ["line-lost", "silent"]);
  assert(lost >= 2 && answered > 40);
  assert.equal(sent, answered + lost + unanswered);
});

Deno.test("timer ping counts what never came in time as lost, and goes on", async () => {
  await using room = await timerRoom({ thereUs: 1000 });
  const ping = room.ping(["--count", "100", "--timeout", "2s", "--json"]);
  await room.clock.advance(50);
  for (const link of room.network.links) link.stall();
  await room.clock.advance(2500);
  for (const link of room.network.links) link.resume();
  const { exitCode, out } = await room.ended(ping);
  assert.equal(exitCode, 3);
  const { end, sent, answered, lost, late, missing, response } = JSON.parse(out) as Summary;
  assert.deepEqual([end, sent, answered, lost, late], ["done", 100, 100, 0, 1]);
  assert.deepEqual([missing, response.count], [1, 99]);
});

Deno.test("timer ping prints what it has when it is interrupted, and ends with 130", async () => {
  await using room = await timerRoom({ thereUs: 1000 });
  const ping = room.ping(["--count", "1000000"]);
  await room.clock.advance(50);
  ping.interrupt();
  const { exitCode, out } = await room.ended(ping);
  assert.equal(exitCode, 130);
  assert.match(out, /^stopped by you$/m);
  assert.match(out, /^count +4\d +4\d$/m);
});

Deno.test("timer ping loses nothing when the server leaves in the middle, and ends with 3", async () => {
  await using room = await timerRoom({ thereUs: 700, backUs: 300 });
  const flags = [["--count", "1000000"], ["--rate", "5k", "--in-flight", "16", "--duration", "9s"]];
  const pings = flags.map((each) => room.ping([...each, "--json"]));
  await room.clock.advance(50);
  await room[Symbol.asyncDispose]();
  for (const ping of pings) {
    const { exitCode, out, err } = await room.ended(ping);
    const { end, sent, answered, lost, unanswered } = JSON.parse(out) as Summary;
    assert.deepEqual([exitCode, end, lost, unanswered, err], [3, "server-left", 0, 0, ""]);
    assert.equal(answered, sent);
    assert(answered > 40);
  }
});

Deno.test("timer serve tells one client too many that it is full", async () => {
  await using room = await timerRoom({ thereUs: 1000 }, "--max-clients", "1");
  const first = room.ping(["--count", "1000000"]);
  await room.clock.advance(5);
  const second = room.ping(["--count", "1"]);
  assert.equal(await room.within(second.exitCode), 77);
  assert.equal(
    second.stderr.text,
    "tram: The server refused: Full: 1 client is here already\n",
  );
  first.interrupt();
  await room.within(first.exitCode);
  await room.clock.advance(2); // the server sees the end of its line
  const third = room.ping(["--count", "1"]);
  assert.equal(await room.within(third.exitCode), 0);
});

Deno.test("timer serve sends a client away that asks nothing for --timeout", async () => {
  await using room = await timerRoom({ thereUs: 1000 }, "--timeout", "3s");
  const ping = room.ping(["--count", "1000000", "--timeout", "60s", "--json"]);
  await room.clock.advance(50);
  for (const link of room.network.links) link.there.settings.delayUs = 4_000_000;
  assert.equal(await room.within(ping.exitCode), 3);
  await room.within(
    room.server.stderr.matching(/left .* \(timer\.idle: No request for 3000 ms\)\n/),
  );
});

Deno.test("timer serve keeps the gaps of its clients apart", async () => {
  await using room = await timerRoom({ thereUs: 1000 });
  const slow = room.ping(["--count", "20", "--json"]);
  await settle();
  const quick = room.ping(["--count", "20", "--json"]);
  await settle();
  const [first, second] = room.network.links;
  if (first) first.there.settings.delayUs = 50_000;
  if (second) second.there.settings.delayUs = 1000;
  await room.within(Promise.all([slow.exitCode, quick.exitCode]));
  assert.equal(JSON.parse(slow.stdout.text).gap.minNs, 50_000_000);
  assert.equal(JSON.parse(quick.stdout.text).gap.maxNs, 1_000_000);
});

Deno.test("timer serve --json writes one object per event, the first when it is ready", async () => {
  await using room = await timerRoom({}, "--json");
  await room.summary("--count", "1");
  await room[Symbol.asyncDispose]();
  const events = room.server.stdout.text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(events[0], { type: "listening", host: "127.0.0.1", port: 7000 });
  assert.deepEqual(events.map(({ type }) => type), ["listening", "joined", "left", "closing"]);
  assert.equal(events[1].clientId, "ada-s-desk");
  assert.deepEqual([events[2].code, events[2].by], ["done", "peer"]);
});

Deno.test("timer ping ends at an interrupt when the server is frozen at the end of the run", async () => {
  await using room = await timerRoom({ thereUs: 1000 });
  const ping = room.ping(["--count", "10", "--json"]);
  await room.within(ping.stdout.matching(/"summary"/));
  for (const link of room.network.links) link.stall();
  await room.clock.advance(100);
  const fromNs = room.clock.monotonicNs();
  ping.interrupt();
  const { exitCode } = await room.ended(ping);
  assert.equal(exitCode, 0);
  assert(room.clock.monotonicNs() - fromNs < 1e9, "it waited for a goodbye");
  for (const link of room.network.links) link.resume();
});
