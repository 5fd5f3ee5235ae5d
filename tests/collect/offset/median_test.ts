import fc from "fast-check";
import assert from "node:assert/strict";
import { median } from "../../../lib/collect/offset/median.ts";

Deno.test("median() is the middle one, or the mean of the middle two", () => {
  assert.equal(median(Float64Array.of(3, 1, 2)), 2);
  assert.equal(median(Float64Array.of(4, 1, 3, 2)), 2.5);
  assert.equal(median(Float64Array.of(-7)), -7);
  assert.equal(median(new Float64Array()), 0);
});

Deno.test("median() has as many values on either side, and is one of them or between two", () => {
  fc.assert(fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
    const middle = median(Float64Array.from(values));
    const below = values.filter((value) => value < middle).length;
    const above = values.filter((value) => value > middle).length;
    assert.ok(below <= values.length / 2 && above <= values.length / 2);
  }));
});
