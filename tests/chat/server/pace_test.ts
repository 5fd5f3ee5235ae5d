import assert from "node:assert/strict";
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import { MAX_UNCOMMITTED } from "../../../lib/chat/limits.ts";
import { Pace } from "../../../lib/chat/server/pace.ts";

function pacedBy(perSecond: number, awayMs = 0) {
  const clock = new FakeClock();
  const told: string[] = [];
  const paced = {
    onWaiting: () => void told.push("waiting"),
    onFlood: (waiting: number) => void told.push(`flood ${waiting}`),
  };
  const pace = new Pace({ clock, perSecond }, paced, awayMs);
  const ran: number[] = [];
  const run = (count: number) => {
    const from = ran.length + pace.waiting;
    for (let i = 0; i < count; i++) pace.run(() => void ran.push(from + i));
  };
  return { clock, pace, ran, run, told };
}

Deno.test("Pace runs four seconds' worth at once, then no more than its rate, in order", async () => {
  const { clock, ran, run, told, pace } = pacedBy(5);
  run(30);
  assert.equal(ran.length, 20);
  await clock.advance(1000);
  assert.equal(ran.length, 25);
  run(1);
  await clock.advance(1200);
  assert.deepEqual(ran, [...ran.keys()]);
  assert.equal(ran.length, 31);
  assert.deepEqual(told, ["waiting"]);
  assert.equal(pace.waiting, 0);
  assert.equal(clock.pendingTimers, 0);
  await clock.advance(60_000);
  run(20);
  assert.deepEqual(told, ["waiting"]);
  run(1);
  assert.deepEqual(told, ["waiting", "waiting"]);
});

Deno.test("Pace has no limit at a rate of 0", () => {
  const { ran, run } = pacedBy(0, Infinity);
  run(100_000);
  assert.equal(ran.length, 100_000);
});

Deno.test("Pace gives those who were away what they missed, up to a limit, and once", async () => {
  for (const [awayMs, most] of [[0, 40], [1000, 50], [10_000, 140], [Infinity, 256]] as const) {
    const { clock, ran, run } = pacedBy(10, awayMs);
    run(300);
    assert.equal(ran.length, most);
    await clock.advance(1000);
    assert.equal(ran.length, most + 10, `away for ${awayMs} ms`);
  }
  const { clock, ran, run } = pacedBy(10, Infinity);
  await clock.advance(60_001);
  run(100);
  assert.equal(ran.length, 40, "it is only for what was typed meanwhile");
});

Deno.test("Pace says when more waits than may, and lets go of it when it stops", async () => {
  const { clock, pace, ran, run, told } = pacedBy(1);
  run(4 + MAX_UNCOMMITTED);
  assert.deepEqual(told, ["waiting"]);
  run(1);
  assert.deepEqual(told, ["waiting", `flood ${MAX_UNCOMMITTED + 1}`]);
  pace.stop();
  await clock.advance(60_000);
  assert.equal(ran.length, 4);
});
