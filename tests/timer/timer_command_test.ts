import assert from "node:assert/strict";
import { settle } from "../../lib/clock/fake_clock.ts";
import { FakeRoom } from "../fake_context.ts";

/** A server in a room, ready. */
async function serve(room: FakeRoom, ...flags: string[]) {
  const process = room.run(["timer", "serve", ...flags]);
  const [, port] = await process.stdout.matching(/^listening on \S+:(\d+)\n/);
  return { ...process, port: port ?? "" };
}

Deno.test("timer ping reports every round trip, exactly as long as the path makes it", async () => {
  const room = new FakeRoom({ there: { delayUs: 300 }, back: { delayUs: 200 } });
  const server = await serve(room);
  const ping = room.run(["timer", "ping", "--count", "100", "--json"]);
  assert.equal(await room.clock.runUntil(ping.exitCode), 0);
  const summary = JSON.parse(ping.stdout.text);
  assert.deepEqual(
    [summary.type, summary.end, summary.sent, summary.answered, summary.unanswered],
    ["summary", "done", 100, 100, 0],
  );
  const { count, minNs, meanNs, maxNs, percentiles } = summary.roundTrip;
  assert.deepEqual([count, minNs, meanNs, maxNs], [100, 500_000, 500_000, 500_000]);
  assert.deepEqual(
    percentiles.map(({ percentile }: { percentile: number }) => percentile),
    [50, 90],
    "p99 of 100 samples has one sample above it",
  );
  assert.equal(summary.serverGap.count, 99, "the first request has none before it");
  assert.equal(summary.serverGap.minNs, 500_000);
  assert.equal(summary.meanStepNs, 0);
  server.interrupt();
  assert.equal(await room.clock.runUntil(server.exitCode), 0);
});

Deno.test("timer ping draws the histogram within the width of the terminal", async () => {
  for (const columns of [40, 80, 200]) {
    const room = new FakeRoom({ there: { delayUs: 50, jitterUs: 900 } });
    const server = await serve(room);
    const ping = room.run(["timer", "ping", "--num_msgs", "300"], {}, columns);
    assert.equal(await room.clock.runUntil(ping.exitCode), 0);
    const { text } = ping.stdout;
    const flat = text.replace(/\n */g, " ");
    assert.match(
      flat,
      /^127\.0\.0\.1:47945: 300 sent,? 300 answered,? 0 unanswered,? \d+ per second /,
    );
    assert.match(flat, /round trips: 300 min .* mean .* max .* p50 .* p90 /);
    for (const line of text.split("\n")) assert([...line].length <= columns, line);
    const bars = text.split("\n").filter((line) => line.includes("█"));
    assert(bars.length > 3);
    for (const line of bars) assert([...line].length <= columns, line);
    server.interrupt();
    await room.clock.runUntil(server.exitCode);
  }
});

Deno.test("timer ping ends with 3 and what it has when the server stops answering", async () => {
  const room = new FakeRoom({ there: { delayUs: 1000 } });
  const server = await serve(room);
  const ping = room.run(["timer", "ping", "--count", "1000000", "--timeout", "2s", "--json"]);
  await room.clock.advance(50);
  for (const link of room.network.links) link.stall();
  assert.equal(await room.clock.runUntil(ping.exitCode), 3);
  const summary = JSON.parse(ping.stdout.text);
  assert.equal(summary.end, "no-answer");
  assert.equal(summary.unanswered, 1);
  assert(summary.answered > 40);
  server.interrupt();
  await room.clock.runUntil(server.exitCode);
});

Deno.test("timer ping prints what it has when it is interrupted, and ends with 130", async () => {
  const room = new FakeRoom({ there: { delayUs: 1000 } });
  const server = await serve(room);
  const ping = room.run(["timer", "ping", "--count", "1000000"]);
  await room.clock.advance(50);
  ping.interrupt();
  assert.equal(await room.clock.runUntil(ping.exitCode), 130);
  assert.match(ping.stdout.text, /stopped by you\n/);
  assert.match(ping.stdout.text, /round trips: 4\d\n/);
  server.interrupt();
  await room.clock.runUntil(server.exitCode);
});

Deno.test("timer ping ends with 3 when the server says goodbye in the middle", async () => {
  const room = new FakeRoom({ there: { delayUs: 1000 } });
  const server = await serve(room);
  const ping = room.run(["timer", "ping", "--count", "1000000", "--json"]);
  await room.clock.advance(50);
  server.interrupt();
  assert.equal(await room.clock.runUntil(ping.exitCode), 3);
  const { end, reason } = JSON.parse(ping.stdout.text);
  assert.deepEqual([end, reason.code], ["line-lost", "shutting-down"]);
  assert.equal(await room.clock.runUntil(server.exitCode), 0);
});

Deno.test("timer serve tells one client too many that it is full", async () => {
  const room = new FakeRoom({ there: { delayUs: 1000 } });
  const server = await serve(room, "--max-clients", "1");
  const first = room.run(["timer", "ping", "--count", "1000000"]);
  await room.clock.advance(5);
  const second = room.run(["timer", "ping", "--count", "1"]);
  assert.equal(await room.clock.runUntil(second.exitCode), 77);
  assert.equal(
    second.stderr.text,
    "tram: The server refused: Full: 1 client is here already\n",
  );
  first.interrupt();
  await room.clock.runUntil(first.exitCode);
  await settle();
  const third = room.run(["timer", "ping", "--count", "1"]);
  assert.equal(await room.clock.runUntil(third.exitCode), 0);
  server.interrupt();
  await room.clock.runUntil(server.exitCode);
});

Deno.test("timer serve sends a client away that asks nothing for --timeout", async () => {
  const room = new FakeRoom({ there: { delayUs: 1000 } });
  const server = await serve(room, "--timeout", "3s");
  const ping = room.run(["timer", "ping", "--count", "1000000", "--timeout", "60s", "--json"]);
  await room.clock.advance(50);
  for (const link of room.network.links) link.there.settings.delayUs = 4_000_000;
  assert.equal(await room.clock.runUntil(ping.exitCode), 3);
  await room.clock.runUntil(
    server.stderr.matching(/left .* \(timer\.idle: No request for 3000 ms\)\n/),
  );
  server.interrupt();
  await room.clock.runUntil(server.exitCode);
});

Deno.test("timer serve keeps the gaps of its clients apart", async () => {
  const room = new FakeRoom({ there: { delayUs: 1000 } });
  const server = await serve(room);
  const slow = room.run(["timer", "ping", "--count", "20", "--json"]);
  await settle();
  const quick = room.run(["timer", "ping", "--count", "20", "--json"]);
  await settle();
  const [first, second] = room.network.links;
  if (first) first.there.settings.delayUs = 50_000;
  if (second) second.there.settings.delayUs = 1000;
  await room.clock.runUntil(Promise.all([slow.exitCode, quick.exitCode]));
  assert.equal(JSON.parse(slow.stdout.text).serverGap.minNs, 50_000_000);
  assert.equal(JSON.parse(quick.stdout.text).serverGap.maxNs, 1_000_000);
  server.interrupt();
  await room.clock.runUntil(server.exitCode);
});

Deno.test("timer serve --json writes one object per event, the first when it is ready", async () => {
  const room = new FakeRoom();
  const server = room.run(["timer", "serve", "--json", "--port", "7000"]);
  await server.stdout.matching(/\n/);
  const ping = room.run(["timer", "ping", "--count", "1", "--port", "7000"]);
  await room.clock.runUntil(ping.exitCode);
  server.interrupt();
  await room.clock.runUntil(server.exitCode);
  const events = server.stdout.text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(events[0], { type: "listening", host: "127.0.0.1", port: 7000 });
  assert.deepEqual(events.map(({ type }) => type), ["listening", "joined", "left"]);
  assert.equal(events[1].clientId, "ada-s-desk");
  assert.deepEqual([events[2].code, events[2].by], ["done", "peer"]);
});
