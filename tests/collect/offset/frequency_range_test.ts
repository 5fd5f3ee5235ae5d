import fc from "fast-check";
import assert from "node:assert/strict";
import { CLOCK_LIMITS } from "../../../lib/collect/offset/clock_limits.ts";
import { frequencyRange } from "../../../lib/collect/offset/frequency_range.ts";

const reading = (atUs: number, offsetUs: number, halfWidthUs: number) => ({
  atUs,
  offsetUs,
  delayUs: 2 * halfWidthUs,
  halfWidthUs,
});

Deno.test("frequencyRange() of one reading is what any clock may do", () => {
  const range = frequencyRange([reading(0, 5, 1)], CLOCK_LIMITS);
  assert.deepEqual(range, { lowPpm: -500, highPpm: 500 });
});

Deno.test("frequencyRange() of two readings is their slope, give or take both half widths", () => {
  // 100 s apart, 1000 us more: 10 ppm; 50 + 30 us in 100 s: 0.8 ppm; half of 100 s of wander.
  const range = frequencyRange([reading(0, 0, 50), reading(100e6, 1000, 30)], CLOCK_LIMITS);
  const errorPpm = 0.8 + 0.2 + 2 / 60 * 50;
  assert.ok(Math.abs(range.lowPpm - (10 - errorPpm)) < 1e-9);
  assert.ok(Math.abs(range.highPpm - (10 + errorPpm)) < 1e-9);
});

Deno.test("frequencyRange() is empty when no clock within the limits does that", () => {
  const { lowPpm, highPpm } = frequencyRange(
    [reading(0, 0, 10), reading(64e6, 0, 10), reading(128e6, 30_000, 10)],
    CLOCK_LIMITS,
  );
  assert.ok(lowPpm > highPpm);
});

Deno.test("frequencyRange() holds the rate of any clock that keeps the limits", () => {
  const step = fc.record({
    afterUs: fc.integer({ min: 1e6, max: 100e6 }),
    ramp: fc.double({ min: -1, max: 1, noNaN: true }),
    widthUs: fc.double({ min: 1, max: 5000, noNaN: true }),
    place: fc.double({ min: -1, max: 1, noNaN: true }),
  });
  const start = fc.integer({ min: -300, max: 300 });
  fc.assert(
    fc.property(start, fc.array(step, { minLength: 1, maxLength: 20 }), (startPpm, steps) => {
      let atUs = 0;
      let offsetUs = 0;
      let ratePpm = startPpm;
      const readings = steps.map(({ afterUs, ramp, widthUs, place }) => {
        const nextPpm = ratePpm + ramp * CLOCK_LIMITS.wanderPpmPerMinute * afterUs / 60e6;
        offsetUs += (ratePpm + nextPpm) / 2 * afterUs / 1e6;
        ratePpm = nextPpm;
        atUs += afterUs;
        return reading(atUs, offsetUs + place * widthUs, widthUs);
      });
      const { lowPpm, highPpm } = frequencyRange(readings, CLOCK_LIMITS);
      assert.ok(lowPpm <= ratePpm + 1e-9 && ratePpm <= highPpm + 1e-9);
    }),
  );
});
