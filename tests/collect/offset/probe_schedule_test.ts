import fc from "fast-check";
import assert from "node:assert/strict";
import { type BurstOutcome, ProbeSchedule } from "../../../lib/collect/offset/probe_schedule.ts";

const MS = 1e6;

/** Sends on time for `lengthMs`, judges each burst, and gives the times of all probes in ms. */
function run(schedule: ProbeSchedule, lengthMs: number, outcome: BurstOutcome): number[] {
  const times: number[] = [];
  while (schedule.dueNs <= lengthMs * MS) {
    times.push(schedule.dueNs / MS);
    schedule.sent(schedule.dueNs);
    if (schedule.isBetweenBursts) schedule.judge(outcome);
  }
  return times;
}

const starts = (times: readonly number[]) => times.filter((_, at) => at % 8 === 0);

Deno.test("ProbeSchedule sends a burst of eight probes 64 ms apart at once", () => {
  const times = run(new ProbeSchedule(0), 999, "quiet");
  assert.deepEqual(times, [0, 64, 128, 192, 256, 320, 384, 448]);
});

Deno.test("ProbeSchedule doubles the interval every four quiet bursts, up to 64 s", () => {
  const bursts = starts(run(new ProbeSchedule(0), 1_000_000, "quiet"));
  const intervals = bursts.slice(1).map((at, k) => (at - bursts[k]!) / 1000);
  assert.deepEqual(intervals.slice(0, 13), [1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8]);
  assert.equal(intervals.at(-1), 64);
  assert.ok(bursts.filter((at) => at <= 60_000).length >= 14, "many in the first minute");
});

Deno.test("ProbeSchedule shortens the interval after a surprise, not below a second", () => {
  const schedule = new ProbeSchedule(0);
  run(schedule, 1_000_000, "quiet");
  schedule.judge("surprise");
  assert.equal(schedule.intervalNs, 16_000 * MS);
  for (let at = 0; at < 5; at++) schedule.judge("surprise");
  assert.equal(schedule.intervalNs, 1000 * MS);
});

Deno.test("ProbeSchedule goes on every 16 s when nothing comes back", () => {
  const schedule = new ProbeSchedule(0);
  run(schedule, 1_000_000, "quiet");
  schedule.judge("unanswered");
  assert.equal(schedule.intervalNs, 16_000 * MS);
  schedule.judge("unanswered");
  assert.equal(schedule.intervalNs, 16_000 * MS);
});

Deno.test("ProbeSchedule begins a burst at once after a step, and goes on every second", () => {
  const schedule = new ProbeSchedule(0);
  run(schedule, 1_000_000, "quiet");
  schedule.hurry(1_001_000 * MS);
  assert.equal(schedule.dueNs, 1_001_000 * MS);
  const bursts = starts(run(schedule, 1_005_500, "surprise"));
  assert.deepEqual(bursts, [1_001_000, 1_002_000, 1_003_000, 1_004_000, 1_005_000]);
});

Deno.test("ProbeSchedule never makes up for late probes in a bunch", () => {
  const late = fc.array(fc.nat(10_000), { minLength: 1, maxLength: 100 });
  const outcomes = fc.constantFrom<BurstOutcome>("quiet", "surprise", "unanswered");
  fc.assert(fc.property(late, outcomes, (delaysMs, outcome) => {
    const schedule = new ProbeSchedule(0);
    let lastNs = -Infinity;
    for (const delayMs of delaysMs) {
      const nowNs = schedule.dueNs + delayMs * MS;
      assert.ok(nowNs - lastNs >= 64 * MS);
      lastNs = nowNs;
      schedule.sent(nowNs);
      if (schedule.isBetweenBursts) schedule.judge(outcome);
      assert.ok(schedule.dueNs - nowNs <= 64_000 * MS);
    }
  }));
});
