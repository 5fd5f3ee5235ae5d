import fc from "fast-check";
import assert from "node:assert/strict";
import {
  BURST_PROBES,
  MinimumDelayFilter,
} from "../../../lib/collect/offset/minimum_delay_filter.ts";

const reading = (atUs: number, halfWidthUs: number) => ({
  atUs,
  offsetUs: 0,
  delayUs: 2 * halfWidthUs,
  halfWidthUs,
});

Deno.test("MinimumDelayFilter says of each probe whether it is the best so far", () => {
  const filter = new MinimumDelayFilter();
  const places = [50, 60, 40, 40, 39].map((width, at) => filter.add(reading(at * 64_000, width)));
  assert.deepEqual(places, ["first", "worse", "better", "worse", "better"]);
});

Deno.test("MinimumDelayFilter begins a new burst after eight probes, or a pause", () => {
  const filter = new MinimumDelayFilter();
  const places = Array.from({ length: 9 }, (_, at) => filter.add(reading(at * 64_000, 9 - at)));
  assert.deepEqual(places.filter((place) => place === "first").length, 2);
  assert.equal(places[BURST_PROBES], "first");
  assert.equal(filter.add(reading(8 * 64_000 + 800_001, 1)), "first");
});

Deno.test("MinimumDelayFilter begins a new burst when it was told that the last one is over", () => {
  const filter = new MinimumDelayFilter();
  filter.add(reading(0, 10));
  filter.end();
  assert.equal(filter.add(reading(1, 20)), "first");
});

Deno.test("MinimumDelayFilter finds the least of any burst, with any losses", () => {
  const burst = fc.array(fc.nat(1000), { minLength: 1, maxLength: BURST_PROBES });
  fc.assert(fc.property(burst, fc.integer({ min: -8e15, max: 8e15 }), (widths, startUs) => {
    const filter = new MinimumDelayFilter();
    let best = Infinity;
    widths.forEach((width, at) => {
      if (filter.add(reading(startUs + at * 64_000, width)) !== "worse") best = width;
    });
    assert.equal(best, Math.min(...widths));
    assert.equal(filter.probes, widths.length);
  }));
});
