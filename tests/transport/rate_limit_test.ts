import fc from "fast-check";
import assert from "node:assert/strict";
import { RateLimit } from "../../lib/transport/rate_limit.ts";

const SECOND_NS = 1e9;

Deno.test("take() allows one second's worth at once and then no more", () => {
  const limit = new RateLimit(100, 0);
  assert.equal(limit.take(60, 0), true);
  assert.equal(limit.take(40, 0), true);
  assert.equal(limit.take(1, 0), false);
});

Deno.test("take() refills evenly: a tenth of the rate in a tenth of a second", () => {
  const limit = new RateLimit(100, 5 * SECOND_NS);
  assert.equal(limit.take(100, 5 * SECOND_NS), true);
  assert.equal(limit.take(10, 5.1 * SECOND_NS), true);
  assert.equal(limit.take(1, 5.1 * SECOND_NS), false);
});

Deno.test("take() saves up no more than one second's worth", () => {
  const limit = new RateLimit(100, 0);
  assert.equal(limit.take(100, 3600 * SECOND_NS), true);
  assert.equal(limit.take(1, 3600 * SECOND_NS), false);
});

Deno.test("take() allows any count when the rate is Infinity, also twice in one moment", () => {
  const limit = new RateLimit(Infinity, 0);
  for (const nowNs of [0, 0, 1, 1, SECOND_NS]) {
    assert.equal(limit.take(1_000_000, nowNs), true, `at ${nowNs}`);
  }
});

Deno.test("take() never allows more than the rate in any second and the burst before it", () => {
  const steps = fc.array(
    fc.record({ waitNs: fc.nat(300_000_000), count: fc.integer({ min: 1, max: 30 }) }),
    { maxLength: 100 },
  );
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 200 }), (steps, perSecond) => {
      const limit = new RateLimit(perSecond, 0);
      let nowNs = 0;
      let taken = 0;
      for (const { waitNs, count } of steps) {
        nowNs += waitNs;
        if (!limit.take(count, nowNs)) return;
        taken += count;
        assert.ok(taken <= perSecond * (1 + nowNs / SECOND_NS) + 1e-6);
      }
    }),
  );
});

Deno.test("take() never refuses a steady peer that keeps to the rate", () => {
  const limit = new RateLimit(50, 0);
  for (let i = 1; i <= 10_000; i++) {
    assert.equal(limit.take(1, i * SECOND_NS / 50), true, `frame ${i}`);
  }
});
