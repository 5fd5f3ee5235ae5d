import fc from "fast-check";
import assert from "node:assert/strict";
import { backoffMs } from "../../lib/transport/backoff.ts";

/** A number as `Math.random()` gives it. */
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

Deno.test("backoffMs() lies between a quarter of the step and the step", () => {
  fc.assert(
    fc.property(fc.nat(10_000), random, (retry, random) => {
      const step = Math.min(15_000, 250 * 2 ** retry);
      const waitMs = backoffMs(retry, random);
      assert.ok(waitMs >= step / 4 && waitMs < step, `${waitMs} for a step of ${step}`);
    }),
  );
});

Deno.test("backoffMs() doubles from 250 ms to 15 s", () => {
  const longest = [0, 1, 2, 3, 4, 5, 6, 7, 100].map((retry) => backoffMs(retry, 1));
  assert.deepEqual(longest, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  assert.equal(backoffMs(0, 0), 62.5);
});

Deno.test("backoffMs() keeps to the given first and longest wait", () => {
  const options = { firstMs: 10, mostMs: 70 };
  assert.deepEqual([0, 1, 2, 3, 40].map((retry) => backoffMs(retry, 1, options)), [
    10,
    20,
    40,
    70,
    70,
  ]);
  assert.equal(backoffMs(0, 1, { firstMs: 100, mostMs: 70 }), 70);
});

Deno.test("backoffMs() grows with the random number, so that clients spread", () => {
  fc.assert(
    fc.property(fc.nat(20), random, random, (retry, one, two) => {
      const order = Math.sign(one - two);
      assert.ok(Math.sign(backoffMs(retry, one) - backoffMs(retry, two)) * order >= 0);
    }),
  );
});
