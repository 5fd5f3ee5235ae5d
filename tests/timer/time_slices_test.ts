import assert from "node:assert/strict";
import fc from "fast-check";
import "../fake_context.ts"; // prepares histograms
import { plainHistogram, recordedIn } from "../../lib/timer/histogram.ts";
import { Latencies } from "../../lib/timer/latencies.ts";
import { MAX_SLICES, type TimeSlice, TimeSlices } from "../../lib/timer/time_slices.ts";

const FIRST_NS = 100e6;
const HOUR_NS = 3600e9;

function totalOf(slices: readonly TimeSlice[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { histogram } of slices) {
    for (const { ns, count } of recordedIn(plainHistogram(histogram))) {
      counts.set(ns, (counts.get(ns) ?? 0) + count);
    }
  }
  return new Map([...counts].sort(([a], [b]) => a - b));
}

function checkOrder(slices: readonly TimeSlice[]): void {
  assert.ok(slices.length <= MAX_SLICES);
  for (const [index, { fromNs, toNs, histogram }] of slices.entries()) {
    assert.ok(toNs > fromNs);
    assert.ok(histogram.totalCount > 0, "a slice is empty");
    if (index > 0) assert.equal(fromNs, slices[index - 1]?.toNs);
  }
}

Deno.test("TimeSlices holds what it was given, in order, in 32 slices at most", () => {
  const stepNs = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 150e6 }) },
    fc.integer({ min: 0, max: 3e9 }),
    fc.integer({ min: 0, max: 5 * HOUR_NS }),
  );
  const sample = fc.record({ stepNs, ns: fc.integer({ min: 0, max: 2047 }) });
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 300, size: "max" }), (samples) => {
      using slices = new TimeSlices();
      const counts = new Map<number, number>();
      let atNs = 12_345;
      for (const { stepNs, ns } of samples) {
        atNs += stepNs;
        slices.record(ns, atNs);
        counts.set(ns, (counts.get(ns) ?? 0) + 1);
        const last = slices.slices.at(-1);
        assert.ok(last !== undefined && last.fromNs <= atNs && atNs < last.toNs);
        assert.ok(slices.slices.length <= MAX_SLICES);
      }
      checkOrder(slices.slices);
      assert.deepEqual(totalOf(slices.slices), new Map([...counts].sort(([a], [b]) => a - b)));
    }),
    { numRuns: 30 },
  );
});

Deno.test("TimeSlices has 16 to 32 slices of one length and twice that, however long it runs", () => {
  using slices = new TimeSlices();
  for (let atNs = 0; atNs < 3 * HOUR_NS; atNs += FIRST_NS) {
    slices.record(1000, atNs);
    if (atNs < 3.2e9) {
      assert.equal(slices.slices.length, atNs / FIRST_NS + 1);
      continue;
    }
    const lengths = slices.slices.map(({ fromNs, toNs }) => toNs - fromNs);
    const shortest = Math.min(...lengths);
    assert.ok(lengths.length > MAX_SLICES / 2 && lengths.length <= MAX_SLICES);
    assert.ok(lengths.every((length) => length === shortest || length === 2 * shortest));
    assert.equal(Math.log2(shortest / FIRST_NS) % 1, 0);
    if (atNs % 60e9 === 0) checkOrder(slices.slices);
  }
  checkOrder(slices.slices);
  assert.equal(slices.slices[0]?.fromNs, 0);
});

Deno.test("TimeSlices makes no empty slices of a pause of hours", () => {
  using slices = new TimeSlices();
  for (let i = 0; i < 10; i++) slices.record(1, i * FIRST_NS);
  slices.record(2, 5 * HOUR_NS + 7);
  slices.record(3, 5 * HOUR_NS + FIRST_NS);
  assert.equal(slices.slices.length, 12);
  checkOrder(slices.slices);
  const last = slices.slices.at(-2);
  assert.deepEqual([last?.fromNs, last?.toNs], [10 * FIRST_NS, 5 * HOUR_NS + FIRST_NS]);
});

Deno.test("Latencies keeps slices of time only where they are asked for", () => {
  using whole = new Latencies();
  using sliced = new Latencies(true);
  for (const latencies of [whole, sliced]) {
    for (let i = 0; i < 100; i++) latencies.record(i % 10 - 1, i * 10e6);
  }
  assert.deepEqual(whole.slices, []);
  assert.equal(sliced.slices.length, 10);
  const recorded = new Map(sliced.recorded().map(({ ns, count }) => [ns, count]));
  assert.deepEqual(totalOf(sliced.slices), recorded);
});
