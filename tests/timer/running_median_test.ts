import assert from "node:assert/strict";
import fc from "fast-check";
import { RunningMedian } from "../../lib/timer/running_median.ts";

/** Whether a value lies within 5 % of the median, or between the two middle samples. */
function isMedian(value: number, samples: readonly number[]): boolean {
  const sorted = samples.map((sample) => Math.max(1, sample)).sort((a, b) => a - b);
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return value >= lower / 1.05 && value <= upper * 1.05;
}

Deno.test("RunningMedian is within 5 % of the median, up to a look-up every 64 samples", () => {
  const sample = fc.oneof(
    fc.double({ min: 0, max: 12.5, noNaN: true }).map((power) => 10 ** power),
    fc.integer({ min: -2, max: 3000 }),
  );
  fc.assert(fc.property(fc.array(sample, { minLength: 1, maxLength: 700, size: "max" }), (all) => {
    const median = new RunningMedian();
    for (const [index, each] of all.entries()) {
      median.record(each);
      const count = index + 1;
      if (count >= 64 && count % 64 !== 0) continue;
      assert.ok(isMedian(median.value, all.slice(0, count)), `${median.value} after ${count}`);
    }
  }));
});

Deno.test("RunningMedian is 0 without samples, and takes any duration", () => {
  const median = new RunningMedian();
  assert.equal(median.value, 0);
  for (const value of [0, -1, 0.2]) median.record(value);
  assert.ok(median.value >= 1 && median.value < 1.05);
  for (let i = 0; i < 100; i++) median.record(1e300);
  assert.ok(median.value > 2 ** 52);
});
