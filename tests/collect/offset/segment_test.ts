import assert from "node:assert/strict";
import { CLOCK_LIMITS } from "../../../lib/collect/offset/clock_limits.ts";
import { Segment } from "../../../lib/collect/offset/segment.ts";

const START = { id: 3, clientSteps: 1, serverSteps: 2, fromLowUs: 0, fromHighUs: 0 };

const reading = (atUs: number, offsetUs: number, delayUs = 200) => ({
  atUs,
  offsetUs,
  delayUs,
  halfWidthUs: delayUs / 2 + 4,
});

Deno.test("Segment knows nothing before its first reading", () => {
  const segment = new Segment(START, CLOCK_LIMITS);
  assert.equal(segment.estimateAt(0), undefined);
  assert.equal(segment.conflict(reading(0, 1e12)), "none");
});

Deno.test("Segment with one reading: half its delay, reading error, 500 ppm of its age", () => {
  const segment = new Segment(START, CLOCK_LIMITS);
  segment.add(reading(1e6, 5000));
  segment.probes = 1;
  assert.deepEqual(segment.estimateAt(11e6), {
    atUs: 11e6,
    offsetUs: 5000,
    boundUs: 104 + 5000,
    frequencyPpm: 0,
    frequencyErrorPpm: 500,
    delayUs: 200,
    residualUs: 0,
    ageUs: 10e6,
    probes: 1,
    segment: 3,
  });
  assert.equal(segment.estimateAt(1e6 - 10e6)?.boundUs, 104 + 5000);
});

Deno.test("Segment with two readings knows the frequency, and how far it may be off", () => {
  const segment = new Segment(START, CLOCK_LIMITS);
  segment.add(reading(0, 0));
  segment.add(reading(100e6, 1000));
  const estimate = segment.estimateAt(110e6);
  assert.ok(estimate !== undefined);
  assert.ok(Math.abs(estimate.frequencyPpm - 10) < 1e-6);
  assert.ok(Math.abs(estimate.offsetUs - 1100) < 1e-3);
  const errorPpm = 2.08 + 0.2 + 2 / 60 * 50;
  const wanderUs = 2 / 60 * 10 * 10 / 2;
  assert.ok(Math.abs(estimate.boundUs - (104 + errorPpm * 10 + wanderUs)) < 1e-3);
});

Deno.test("Segment states a bound that is the sum of what it states besides", () => {
  const segment = new Segment(START, CLOCK_LIMITS);
  for (let k = 0; k < 10; k++) segment.add(reading(k * 10e6, (k * 37) % 50, 200 + (k * 61) % 90));
  const estimate = segment.estimateAt(90e6);
  assert.ok(estimate !== undefined);
  const { boundUs, delayUs, residualUs, ageUs, frequencyErrorPpm } = estimate;
  const leastUs = delayUs / 2 + 4 + residualUs + frequencyErrorPpm * ageUs / 1e6;
  assert.ok(boundUs >= leastUs - 1e-6);
  assert.ok(boundUs <= leastUs + 2 / 60 * (ageUs / 1e6) ** 2 / 2 + 1e-6);
});

Deno.test("Segment begins from what was carried over the step until it has a reading", () => {
  const carried = { ...reading(0, 700), halfWidthUs: 50 };
  const segment = new Segment({ ...START, carried, guessPpm: 20 }, CLOCK_LIMITS);
  const estimate = segment.estimateAt(1e6);
  assert.deepEqual([estimate?.offsetUs, estimate?.boundUs], [720, 50 + 520]);
  assert.equal(segment.conflict(reading(1e6, 720)), "none");
});

Deno.test("Segment tells a step from a change of frequency", () => {
  const segment = new Segment(START, CLOCK_LIMITS);
  for (let k = 0; k <= 10; k++) segment.add(reading(k * 64e6, 0));
  const at = (offsetUs: number) => segment.conflict(reading(11 * 64e6, offsetUs));
  assert.equal(at(100), "none");
  assert.equal(at(20_000), "frequency jump"); // 312 ppm
  assert.equal(at(40_000), "step"); // 625 ppm
});

Deno.test("Segment forgets readings that no steady clock can have given together", () => {
  const segment = new Segment(START, CLOCK_LIMITS);
  for (let k = 0; k <= 5; k++) segment.add(reading(k * 64e6, 0));
  for (let k = 6; k <= 9; k++) segment.add(reading(k * 64e6, (k - 5) * 64 * 300));
  const estimate = segment.estimateAt(9 * 64e6);
  assert.ok(Math.abs((estimate?.frequencyPpm ?? 0) - 300) < 5);
});

Deno.test("Segment keeps 32 winners, however many come", () => {
  const segment = new Segment(START, CLOCK_LIMITS);
  for (let k = 0; k < 1000; k++) segment.add(reading(k * 64e6, 0));
  assert.equal(segment.readings.length, 32);
});

Deno.test("Segment does not let many probes on a lopsided path outvote few on a fast one", () => {
  const segment = new Segment(START, CLOCK_LIMITS);
  for (let k = 0; k < 6; k++) segment.add(reading(k * 10e6, 0, 100));
  for (let k = 6; k < 20; k++) segment.add(reading(k * 10e6, 9500, 20_000));
  const estimate = segment.estimateAt(190e6);
  assert.ok((estimate?.offsetUs ?? Infinity) < 1500, `${estimate?.offsetUs}`);
});
