import assert from "node:assert/strict";
import fc from "fast-check";
import "../fake_context.ts"; // prepares histograms
import { HIGHEST_NS } from "../../lib/timer/histogram.ts";
import { Latencies, MIN_SAMPLES_ABOVE, PERCENTILES } from "../../lib/timer/latencies.ts";

/** The value of nearest rank, which a percentile is. */
function nearestRank(sorted: readonly number[], percentile: number, total: number) {
  // In thousandths of a percent everything is whole.
  const rank = Math.ceil(Math.round(percentile * 1000) * total / 100_000);
  return sorted[Math.max(1, rank) - 1];
}

function isClose(value: number | undefined, exact: number): boolean {
  return value !== undefined && Math.abs(value - exact) <= 0.001 * exact;
}

/** Values over all of the range, some of them often. */
const samples = (maxLength: number) =>
  fc.array(
    fc.oneof(
      fc.integer({ min: 0, max: 5000 }),
      fc.double({ min: 0, max: 12.5, noNaN: true }).map((power) => Math.round(10 ** power)),
      fc.constantFrom(0, 1, 50_000, HIGHEST_NS),
    ),
    { minLength: 1, maxLength, size: "max" },
  );

Deno.test("Latencies gives percentiles of nearest rank within 0.1 %, and exact counts", () => {
  const missing = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 }));
  fc.assert(
    fc.property(samples(3000), missing, (values, missing) => {
      using latencies = new Latencies();
      for (const value of values) latencies.record(value, 0);
      const sorted = values.toSorted((a, b) => a - b);
      const summary = latencies.summary(missing);
      assert.equal(summary.count, values.length);
      assert.equal(summary.minNs, sorted[0]);
      assert.equal(summary.maxNs, sorted.at(-1));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      assert.ok(Math.abs((summary.meanNs ?? 0) - mean) <= 1e-9 * mean);
      const total = values.length + missing;
      const shown = PERCENTILES.filter((p) =>
        Math.floor(total * (100_000 - Math.round(p * 1000)) / 100_000) >= MIN_SAMPLES_ABOVE
      );
      assert.deepEqual(summary.percentiles.map(({ percentile }) => percentile), shown);
      for (const { percentile, ns } of summary.percentiles) {
        const exact = nearestRank(sorted, percentile, total);
        if (exact === undefined) assert.equal(ns, undefined, `p${percentile} is missing`);
        else assert.ok(isClose(ns, exact), `p${percentile}: ${ns}, not ${exact}`);
      }
    }),
    { numRuns: 150 },
  );
});

/** Checks each percentile, of samples among which the `distinct` longest have values of their own. */
function checkRanks(latencies: Latencies, missing: number, distinct: number): void {
  const { count } = latencies;
  for (const { percentile, ns } of latencies.summary(missing).percentiles) {
    const rank = Math.ceil(Math.round(percentile * 1000) * (count + missing) / 100_000);
    const expected = rank > count ? undefined : Math.max(0, rank - (count - distinct));
    assert.equal(ns, expected, `p${percentile} of ${count} and ${missing} missing`);
  }
}

Deno.test("Latencies takes the rank that is meant at every count", () => {
  using latencies = new Latencies();
  for (let count = 1; count < 2048; count++) {
    latencies.record(count, 0); // up to 2047 each value has a place of its own
    checkRanks(latencies, 0, count);
    checkRanks(latencies, Math.floor(count / 90), count);
  }
  for (const count of [10_000, 33_333, 57_000, 99_900, 99_999, 100_000, 123_456, 200_000]) {
    using latencies = new Latencies();
    for (let i = 0; i < count; i++) latencies.record(Math.max(0, i + 1 - (count - 2000)), 0);
    for (const missing of [0, 1, 10, 57, 100, 900, 2000]) checkRanks(latencies, missing, 2000);
  }
});

Deno.test("Latencies counts a negative value as 0 and one beyond an hour as an hour", () => {
  using latencies = new Latencies();
  for (const ns of [-5, -0.4, 0, HIGHEST_NS + 1, 1e18]) latencies.record(ns, 0);
  const { count, minNs, maxNs, meanNs } = latencies.summary();
  assert.deepEqual([count, minNs, maxNs, meanNs], [5, 0, HIGHEST_NS, HIGHEST_NS * 2 / 5]);
  assert.deepEqual(latencies.recorded().map((each) => each.count), [3, 2]);
  assert.equal(latencies.recorded()[0]?.ns, 0);
  assert.equal(latencies.valueAt(50), 0);
  assert.equal(latencies.valueAt(100), HIGHEST_NS);
});

Deno.test("Latencies says nothing of no samples, but that what was missing is missing", () => {
  using latencies = new Latencies();
  const none = { count: 0, minNs: undefined, meanNs: undefined, maxNs: undefined };
  assert.deepEqual(latencies.summary(), { ...none, percentiles: [] });
  assert.deepEqual(latencies.summary(99), {
    ...none,
    percentiles: [{ percentile: 50, ns: undefined }],
  });
  assert.equal(latencies.valueAt(50), 0);
  assert.deepEqual(latencies.recorded(), []);
});

Deno.test("Latencies counts missing samples for the rule of ten, and as longer than all", () => {
  using latencies = new Latencies();
  for (let i = 1; i <= 989; i++) latencies.record(i, 0);
  const at = (missing: number, p: number) =>
    latencies.summary(missing).percentiles.find(({ percentile }) => percentile === p);
  assert.equal(at(0, 99), undefined);
  assert.deepEqual(at(11, 99), { percentile: 99, ns: undefined });
  assert.deepEqual(at(11, 90), { percentile: 90, ns: 900 });
  latencies.record(990, 0);
  assert.deepEqual(at(10, 99), { percentile: 99, ns: 990 });
});

Deno.test("Latencies keeps fractions of a nanosecond out", () => {
  using latencies = new Latencies();
  latencies.record(1.5, 0);
  latencies.record(2.4, 0);
  assert.deepEqual(latencies.recorded(), [{ ns: 2, count: 2 }]);
});
