import assert from "node:assert/strict";
import { fitSlope } from "./fit_slope.ts";

Deno.test("fitSlope() finds a line exactly", () => {
  assert.deepEqual(fitSlope([[0, 1], [1, 3], [2, 5], [5, 11]]), { slope: 2, error: 0 });
});

Deno.test("fitSlope() gives the standard error of the slope", () => {
  // By hand: slope 0.8, rest 2.4 over 3 degrees of freedom, sum of squares of x 10.
  const fit = fitSlope([[1, 1], [2, 3], [3, 2], [4, 5], [5, 4]]);
  assert(fit !== undefined);
  assert.ok(Math.abs(fit.slope - 0.8) < 1e-12);
  assert.ok(Math.abs(fit.error - Math.sqrt(3.6 / 3 / 10)) < 1e-12, String(fit.error));
});

Deno.test("fitSlope() needs three points, not all above each other", () => {
  assert.equal(fitSlope([[1, 1], [2, 2]]), undefined);
  assert.equal(fitSlope([[1, 1], [1, 2], [1, 3]]), undefined);
});
