import assert from "node:assert/strict";
import fc from "fast-check";
import { FloodBucket } from "../../../lib/chat/moderation/flood_bucket.ts";

const RATE = { perSecond: 10, burst: 40 };

/** How many are taken at once. */
function takenAtOnce(bucket: FloodBucket, nowMs: number, rate = RATE): number {
  let taken = 0;
  while (taken < 10_000 && bucket.take(nowMs, rate) === 0) taken++;
  return taken;
}

Deno.test("FloodBucket.take() takes a burst, then one in each tenth of a second", () => {
  const bucket = new FloodBucket();
  assert.equal(takenAtOnce(bucket, 0), 40);
  assert.equal(bucket.take(0, RATE), 100);
  assert.equal(bucket.take(60, RATE), 40);
  assert.equal(bucket.take(100, RATE), 0);
  assert.equal(bucket.take(100, RATE), 100);
  assert.equal(takenAtOnce(bucket, 1000), 9);
  assert.equal(takenAtOnce(bucket, 100_000), 40);
});

Deno.test("FloodBucket.take() takes everything when there is no limit", () => {
  const bucket = new FloodBucket();
  assert.equal(takenAtOnce(bucket, 0, { perSecond: 0, burst: 0 }), 10_000);
});

Deno.test("FloodBucket.take() forgives a larger burst that was allowed before", () => {
  const bucket = new FloodBucket();
  assert.equal(takenAtOnce(bucket, 0, { perSecond: 10, burst: 256 }), 256);
  assert.equal(bucket.take(0, RATE), 100);
  assert.equal(bucket.take(100, RATE), 0);
});

Deno.test("FloodBucket.take() lets even a cost above the burst through, once the bucket is full", () => {
  const bucket = new FloodBucket();
  assert.equal(bucket.take(0, RATE, 1000), 0);
  assert.equal(bucket.take(0, RATE, 1000), 4000);
  assert.equal(bucket.take(4000, RATE, 1000), 0);
});

Deno.test("FloodBucket.take() takes what it said it would, and never more than the rate", () => {
  const step = fc.record({
    afterMs: fc.double({ min: 0, max: 500, noNaN: true }),
    cost: fc.integer({ min: 1, max: 5 }),
  });
  const rates = fc.record({
    perSecond: fc.integer({ min: 1, max: 1000 }),
    burst: fc.integer({ min: 5, max: 100 }),
  });
  fc.assert(fc.property(rates, fc.array(step, { maxLength: 100 }), (rate, steps) => {
    const bucket = new FloodBucket();
    let nowMs = 0;
    let taken = 0;
    for (const { afterMs, cost } of steps) {
      nowMs += afterMs;
      const waitMs = bucket.take(nowMs, rate, cost);
      if (waitMs > 0) {
        nowMs += waitMs;
        assert.equal(bucket.take(nowMs, rate, cost), 0);
      }
      taken += cost;
      assert.ok(taken <= rate.burst + nowMs / 1000 * rate.perSecond + 1e-3 * steps.length);
    }
  }));
});
