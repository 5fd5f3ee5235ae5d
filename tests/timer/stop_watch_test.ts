import assert from "node:assert/strict";
import { ALIVE_INTERVAL_MS, StopWatch } from "../../lib/timer/stop_watch.ts";
import { timerRoom } from "./timer_room.ts";

const MS = 1e6;

Deno.test("StopWatch sees no stop in a process that is told the time often enough", () => {
  const watch = new StopWatch(1000 * MS);
  for (let ms = 1000; ms < 2000; ms += 24) assert.equal(watch.alive(ms * MS), undefined);
  assert.equal(watch.totalNs, 0);
});

Deno.test("StopWatch tells from when to when nothing ran, and adds it up", () => {
  const watch = new StopWatch(0);
  watch.alive(10 * MS);
  assert.deepEqual(watch.alive(110 * MS), { fromNs: 10 * MS, toNs: 110 * MS });
  assert.equal(watch.alive(115 * MS), undefined);
  assert.deepEqual(watch.alive(140 * MS), { fromNs: 115 * MS, toNs: 140 * MS });
  assert.equal(watch.totalNs, 125 * MS);
});

Deno.test("StopWatch.restart() forgets the time in which nobody watched", () => {
  const watch = new StopWatch(0);
  watch.restart(60_000 * MS);
  assert.equal(watch.alive(60_010 * MS), undefined);
  assert.equal(watch.totalNs, 0);
});

Deno.test("timer serve without clients has no timer pending, before the first and after the last", async () => {
  await using room = await timerRoom({ thereUs: 1000 });
  await room.clock.advance(60_000);
  assert.equal(room.clock.pendingTimers, 0);
  const pings = ["100", "300"].map((count) => room.ping(["--count", count]));
  await room.ended(pings[0] ?? assert.fail());
  assert.ok(room.clock.pendingTimers > 0);
  await room.ended(pings[1] ?? assert.fail());
  await room.clock.advance(60_000);
  assert.equal(room.clock.pendingTimers, 0);
});

Deno.test("timer serve does not take the time without clients for a stop", async () => {
  await using room = await timerRoom({ thereUs: 300 });
  for (let i = 0; i < 3; i++) {
    const { blame } = await room.summary("--count", "50");
    assert.deepEqual(blame.stops.server, { count: 0, totalNs: 0, longestNs: 0 });
    await room.clock.advance(10_000);
  }
});

Deno.test("timer serve does not take a client's pause for a stop of its own", async () => {
  await using room = await timerRoom({ thereUs: 300 });
  const { blame, gap } = await room.summary("--rate", "0.5", "--count", "5");
  assert.equal(gap.minNs, 2e9);
  assert.ok(2e9 > ALIVE_INTERVAL_MS * MS);
  assert.equal(blame.stops.server.count, 0);
});
