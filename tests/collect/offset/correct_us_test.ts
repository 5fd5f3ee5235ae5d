import fc from "fast-check";
import assert from "node:assert/strict";
import { correctUs } from "../../../lib/collect/offset/correct_us.ts";

const ESTIMATE = {
  atUs: 1_700_000_000_000_000,
  offsetUs: -250.5,
  boundUs: 30,
  frequencyPpm: 100,
  frequencyErrorPpm: 1,
  delayUs: 40,
  residualUs: 1,
  ageUs: 0,
  probes: 8,
  segment: 0,
};

Deno.test("correctUs() adds the offset and what the frequency makes of the time between", () => {
  assert.equal(correctUs(ESTIMATE.atUs + 1_000_000, ESTIMATE), ESTIMATE.atUs + 1_000_000 - 150);
  assert.equal(correctUs(ESTIMATE.atUs - 1_000_000, ESTIMATE), ESTIMATE.atUs - 1_000_000 - 350);
});

Deno.test("correctUs() keeps the order of times, at any date", () => {
  const dates = fc.integer({ min: -4e15, max: 4e15 });
  fc.assert(fc.property(dates, dates, fc.nat(1000), fc.integer({ min: -500, max: 500 }), (
    atUs,
    offsetUs,
    laterUs,
    frequencyPpm,
  ) => {
    const estimate = { ...ESTIMATE, atUs, offsetUs, frequencyPpm };
    const first = correctUs(atUs, estimate);
    assert.ok(Number.isSafeInteger(first));
    assert.equal(first, atUs + offsetUs);
    assert.ok(correctUs(atUs + laterUs, estimate) >= first);
  }));
});
