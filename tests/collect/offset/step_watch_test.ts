import fc from "fast-check";
import assert from "node:assert/strict";
import { StepWatch } from "../../../lib/collect/offset/step_watch.ts";

const NOW = 1_700_000_000_000_000;
const DAY = 86_400e6;

/** Checks once a second; the wall clock runs at `ppm`, and jumps by `byUs` before second 5. */
function watched(byUs: number, ppm = 0, startUs = NOW) {
  const watch = new StepWatch();
  const seen = Array.from({ length: 10 }, (_, second) => {
    const wall = startUs + second * 1e6 * (1 + ppm / 1e6) + (second >= 5 ? byUs : 0);
    return watch.check(Math.floor(wall), second * 1e9);
  });
  assert.equal(watch.steps, seen.filter((step) => step !== undefined).length);
  return { seen, step: seen[5] };
}

Deno.test("StepWatch sees nothing while both clocks run alike, or one is slewed", () => {
  for (const ppm of [0, 100, 500, -500]) {
    assert.deepEqual(watched(0, ppm).seen, Array(10).fill(undefined));
  }
});

Deno.test("StepWatch does not add up what slewing does over hours", () => {
  const watch = new StepWatch();
  for (let second = 0; second < 20_000; second++) {
    assert.equal(watch.check(NOW + second * 1_000_499, second * 1e9), undefined);
  }
});

for (const byUs of [2_500_000, -2_500_000, 1000, -1000, DAY, -DAY]) {
  Deno.test(`StepWatch sees one step of ${byUs} us, with its size`, () => {
    const { seen, step } = watched(byUs);
    assert.equal(seen.filter((each) => each !== undefined).length, 1);
    assert.deepEqual(step, {
      wallUs: NOW + 5e6 + byUs,
      sizeUs: byUs,
      errorUs: 504,
      withinUs: 1e6,
      mayBeSuspend: byUs >= 500_000,
    });
  });
}

Deno.test("StepWatch sees what a check every 10 ms can see: a step of 10 us", () => {
  const watch = new StepWatch();
  watch.check(NOW, 0);
  assert.equal(watch.check(NOW + 10_009, 10e6), undefined);
  assert.equal(watch.check(NOW + 20_009 + 10, 20e6)?.sizeUs, 10);
});

Deno.test("StepWatch says of a machine that slept that it may have", () => {
  const watch = new StepWatch();
  watch.check(NOW, 0);
  const step = watch.check(NOW + 3600e6 + 1e6, 1e9); // an hour later, a second of it awake
  assert.deepEqual([step?.sizeUs, step?.mayBeSuspend], [3600e6, true]);
});

Deno.test("StepWatch takes no pair for a step that may have been read far apart", () => {
  const watch = new StepWatch();
  watch.check(NOW, 0);
  assert.equal(watch.check(NOW + 1000 + 300, 1e6, 300), undefined);
  assert.equal(watch.check(NOW + 2000, 2e6), undefined, "the way back is the same doubt");
  assert.notEqual(watch.check(NOW + 3000 + 300, 3e6), undefined);
});

Deno.test("StepWatch states a size that is true within its error, at any date", () => {
  const parts = fc.array(
    fc.record({
      awakeUs: fc.nat(10_000_000),
      ppm: fc.integer({ min: -499, max: 499 }),
      byUs: fc.oneof(fc.constant(0), fc.integer({ min: -1e12, max: 1e12 })),
    }),
    { maxLength: 20 },
  );
  fc.assert(fc.property(fc.integer({ min: -6e15, max: 6e15 }), parts, (startUs, all) => {
    const watch = new StepWatch();
    let wall = startUs;
    let monotonicUs = 0;
    watch.check(wall, 0);
    for (const { awakeUs, ppm, byUs } of all) {
      monotonicUs += awakeUs;
      wall += awakeUs * (1 + ppm / 1e6) + byUs;
      const step = watch.check(Math.floor(wall), monotonicUs * 1000);
      const missedUs = step === undefined ? byUs : byUs - step.sizeUs;
      assert.ok(Math.abs(missedUs) <= (step?.errorUs ?? 2 * (awakeUs * 500e-6 + 4)) + 2);
      assert.ok(byUs !== 0 || step === undefined);
    }
  }));
});
