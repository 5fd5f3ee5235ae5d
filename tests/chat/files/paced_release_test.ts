import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import { PacedRelease } from "../../../lib/chat/files/paced_release.ts";

Deno.test("PacedRelease gives all back, and never more than its rate allows", async () => {
  const gives = fc.array(
    fc.record({ bytes: fc.integer({ min: 1, max: 65536 }), waitMs: fc.nat(300) }),
    { minLength: 1, maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1000, max: 10 ** 7 }), gives, async (rate, steps) => {
      const clock = new FakeClock();
      let released = 0;
      const burst = Math.max(65536, rate / 10);
      const paced = new PacedRelease(clock, rate, (bytes) => {
        released += bytes;
        assert(Number.isInteger(bytes) && bytes > 0);
        assert(released <= burst + rate * clock.monotonicNs() / 1e9 + 1);
      });
      let given = 0;
      for (const { bytes, waitMs } of steps) {
        given += bytes;
        paced.give(bytes);
        await clock.advance(waitMs);
      }
      await clock.advance(given / rate * 1000 + 200);
      assert.equal(released, given);
      assert.equal(clock.pendingTimers, 0);
    }),
    { numRuns: 30 },
  );
});

Deno.test("PacedRelease without a limit gives back at once", () => {
  const released: number[] = [];
  const paced = new PacedRelease(new FakeClock(), 0, (bytes) => released.push(bytes));
  paced.give(7);
  paced.give(70_000);
  assert.deepEqual(released, [7, 70_000]);
});

Deno.test("PacedRelease.stop() leaves no timer behind", () => {
  const clock = new FakeClock();
  const paced = new PacedRelease(clock, 1000, () => {});
  paced.give(200_000);
  assert.equal(clock.pendingTimers, 1);
  paced.stop();
  assert.equal(clock.pendingTimers, 0);
});
