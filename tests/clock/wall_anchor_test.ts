import fc from "fast-check";
import assert from "node:assert/strict";
import { WallAnchor } from "../../lib/clock/wall_anchor.ts";

/** One millisecond, and what the class allows for rounding: 2 µs of slack and 1 for whole numbers. */
const BOUND_US = 1000 + 3;

/** Reads an anchor the way the system clock does, from a true time that the test knows. */
class Readings {
  readonly anchor: WallAnchor;
  /** Wall minus monotonic time. */
  trueOffsetUs: number;
  monotonicUs = 0;

  constructor(trueOffsetUs: number, firstGuessUs: number) {
    this.trueOffsetUs = trueOffsetUs;
    this.anchor = new WallAnchor(firstGuessUs);
  }

  /** Moves on by `waitUs` and reads; says how far off the answer is. */
  errorAfter(waitUs: number): number {
    this.monotonicUs += waitUs;
    const trueUs = this.monotonicUs + this.trueOffsetUs;
    const wallMs = Math.floor(trueUs / 1000);
    const wallUs = this.anchor.wallUs(wallMs, this.monotonicUs, wallMs);
    assert.ok(Number.isInteger(wallUs));
    return wallUs - trueUs;
  }
}

const trueOffsetUs = fc.double({ min: 0, max: 4e15, noNaN: true });
const guessErrorUs = fc.oneof(
  fc.double({ min: -1000, max: 1000, noNaN: true }),
  fc.double({ min: -1e12, max: 1e12, noNaN: true }),
);
const waitsUs = fc.array(fc.double({ min: 0, max: 5e7, noNaN: true }), {
  minLength: 1,
  maxLength: 60,
});

Deno.test("wallUs() is never off by more than 1 ms, whatever the true offset and the guess", () => {
  fc.assert(
    fc.property(trueOffsetUs, guessErrorUs, waitsUs, (offset, guessError, waits) => {
      const readings = new Readings(offset, offset + guessError);
      for (const wait of waits) assert.ok(Math.abs(readings.errorAfter(wait)) <= BOUND_US);
      assert.ok(readings.anchor.steps === 0, "no step was made");
    }),
    { numRuns: 300 },
  );
});

Deno.test("wallUs() is off by no more than all readings together leave open", () => {
  fc.assert(
    fc.property(trueOffsetUs, guessErrorUs, waitsUs, (offset, guessError, waits) => {
      const readings = new Readings(offset, offset + guessError);
      let low = -Infinity;
      let high = Infinity;
      for (const wait of waits) {
        const error = readings.errorAfter(wait);
        // What the wall clock cut off: the true time is that much later than the millisecond.
        const cutOffUs = (readings.monotonicUs + offset) % 1000;
        low = Math.max(low, -cutOffUs);
        high = Math.min(high, 1000 - cutOffUs);
        assert.ok(error >= low - 4 && error <= high + 4, `${error} not in ${low} to ${high}`);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("wallUs() shrinks an error of 5 s to 15 µs within 100 readings", () => {
  for (const guessErrorUs of [-5e6, 5e6]) {
    const readings = new Readings(1.7e15 + 123, 1.7e15 + 123 + guessErrorUs);
    const errors = Array.from({ length: 100 }, () => Math.abs(readings.errorAfter(1010)));
    assert.ok((errors[0] ?? Infinity) <= BOUND_US);
    assert.ok((errors.at(-1) ?? Infinity) <= 15, `${errors.at(-1)} µs`);
    for (let i = 0; i < 1000; i++) assert.ok(Math.abs(readings.errorAfter(777)) <= 15);
  }
});

Deno.test("wallUs() stays with a first guess that is right to the microsecond", () => {
  const readings = new Readings(1.7e15, 1.7e15);
  for (let i = 0; i < 1000; i++) assert.ok(Math.abs(readings.errorAfter(333)) <= 1);
});

Deno.test("wallUs() shows a step of the wall clock at once, within 1 ms, and counts it", () => {
  const stepUs = fc.oneof(
    fc.double({ min: 2010, max: 1e13, noNaN: true }),
    fc.double({ min: -1e13, max: -2010, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(stepUs, { minLength: 1, maxLength: 4 }), waitsUs, (steps, waits) => {
      const readings = new Readings(1.7e15, 1.7e15 + 400);
      for (const [index, step] of steps.entries()) {
        for (const wait of waits) readings.errorAfter(wait);
        readings.trueOffsetUs += step;
        assert.ok(Math.abs(readings.errorAfter(waits[0] ?? 0)) <= BOUND_US);
        assert.equal(readings.anchor.steps, index + 1);
      }
      for (const wait of waits) assert.ok(Math.abs(readings.errorAfter(wait)) <= BOUND_US);
      assert.equal(readings.anchor.steps, steps.length);
    }),
    { numRuns: 200 },
  );
});

Deno.test("wallUs() is within 1 ms after steps that are too small to be seen at once", () => {
  const smallStepsUs = fc.array(fc.double({ min: -2010, max: 2010, noNaN: true }), {
    maxLength: 10,
  });
  fc.assert(
    fc.property(smallStepsUs, waitsUs, (steps, waits) => {
      const readings = new Readings(1.7e15, 1.7e15);
      for (const step of steps) {
        readings.trueOffsetUs += step;
        for (const wait of waits) assert.ok(Math.abs(readings.errorAfter(wait)) <= BOUND_US);
      }
      assert.ok(readings.anchor.steps <= steps.length);
    }),
    { numRuns: 200 },
  );
});

Deno.test("wallUs() is off by no more than the time between its two readings of the wall", () => {
  const reading = fc.record({
    waitUs: fc.double({ min: 0, max: 5e7, noNaN: true }),
    earlierUs: fc.nat(30_000),
    laterUs: fc.nat(30_000),
  });
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 60 }), (readings) => {
      const offset = 1.7e15 + 321;
      const anchor = new WallAnchor(0);
      let monotonicUs = 1e6;
      for (const { waitUs, earlierUs, laterUs } of readings) {
        monotonicUs += waitUs;
        const trueUs = monotonicUs + offset;
        const beforeMs = Math.floor((trueUs - earlierUs) / 1000);
        const afterMs = Math.floor((trueUs + laterUs) / 1000);
        const error = anchor.wallUs(beforeMs, monotonicUs, afterMs) - trueUs;
        assert.ok(error >= -earlierUs - BOUND_US && error <= laterUs + BOUND_US, `${error}`);
      }
      assert.equal(anchor.steps, 0, "a slow reading is no step");
    }),
    { numRuns: 200 },
  );
});

Deno.test("wallUs() recovers with the next reading when the clock is set back between two", () => {
  const anchor = new WallAnchor(0);
  anchor.wallUs(1_700_000_000_000, 1000, 1_700_000_000_000);
  anchor.wallUs(1_700_000_000_001, 2000, 1_699_999_996_400);
  const wallUs = anchor.wallUs(1_699_999_996_401, 3000, 1_699_999_996_401);
  assert.ok(Math.abs(wallUs - 1_699_999_996_401_500) <= BOUND_US);
  assert.equal(anchor.steps, 1);
});
