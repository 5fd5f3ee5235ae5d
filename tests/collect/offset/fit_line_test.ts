import fc from "fast-check";
import assert from "node:assert/strict";
import { fitLine, type FitPoint } from "../../../lib/collect/offset/fit_line.ts";

const at = (line: ReturnType<typeof fitLine>, x: number) =>
  line.meanY + line.slope * (x - line.meanX);

/** Plain least squares, written down as in a textbook. */
function leastSquares(points: readonly FitPoint[]): { slope: number; at: (x: number) => number } {
  const n = points.length;
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / n;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / n;
  const sxx = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const sxy = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
  const slope = sxx > 0 ? sxy / sxx : 0;
  return { slope, at: (x) => meanY + slope * (x - meanX) };
}

const slope = fc.double({ min: -500e-6, max: 500e-6, noNaN: true });
const level = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const noises = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
  minLength: 8,
  maxLength: 32,
});

Deno.test("fitLine() takes one point as it is, and two exactly", () => {
  const one = fitLine([{ x: 5, y: 7, spread: 1 }]);
  assert.deepEqual([at(one, 5), one.slope], [7, 0]);
  const two = fitLine([{ x: 0, y: 1, spread: 1 }, { x: 10, y: 21, spread: 9 }]);
  assert.ok(Math.abs(two.slope - 2) < 1e-12 && Math.abs(at(two, 5) - 11) < 1e-9);
});

Deno.test("fitLine() gives no slope to points of the same time", () => {
  const line = fitLine([1, 2, 9].map((y) => ({ x: 4, y, spread: 1 })));
  assert.equal(line.slope, 0);
  assert.ok(Math.abs(at(line, 4) - 2) < 1);
});

Deno.test("fitLine() finds any exact line, whatever the spreads", () => {
  const spreads = fc.array(fc.double({ min: 0.1, max: 1000, noNaN: true }), {
    minLength: 3,
    maxLength: 32,
  });
  fc.assert(fc.property(slope, level, spreads, (trueSlope, trueLevel, all) => {
    const points = all.map((spread, k) => {
      const x = -k * 64e6;
      return { x, y: trueLevel + trueSlope * x, spread };
    });
    const line = fitLine(points);
    assert.ok(Math.abs(line.slope - trueSlope) < 1e-12);
    assert.ok(Math.abs(at(line, 0) - trueLevel) < 1e-4);
  }));
});

Deno.test("fitLine() is close to plain least squares where nothing is far off", () => {
  fc.assert(fc.property(slope, level, noises, (trueSlope, trueLevel, noise) => {
    const points = noise.map((off, k) => ({ x: k, y: trueLevel + trueSlope * k + off, spread: 1 }));
    const line = fitLine(points);
    const plain = leastSquares(points);
    const middle = (points.length - 1) / 2;
    assert.ok(Math.abs(at(line, middle) - plain.at(middle)) <= 1);
    assert.ok(Math.abs(line.slope - plain.slope) * points.length <= 4);
  }));
});

Deno.test("fitLine() is plain least squares when the points are near the line for the median", () => {
  // Residuals of one size: every point gets the same weight, so the two must agree.
  const points = Array.from({ length: 16 }, (_, k) => ({
    x: k,
    y: 3 + 0.5 * k + (Math.floor((k + 1) / 2) % 2 === 0 ? 1 : -1),
    spread: 1,
  }));
  const plain = leastSquares(points);
  assert.ok(Math.abs(fitLine(points).slope - plain.slope) < 0.01);
  assert.ok(Math.abs(at(fitLine(points), 8) - plain.at(8)) < 0.05);
});

Deno.test("fitLine() does not follow one wrong point in four, where plain least squares does", () => {
  const far = fc.double({ min: 1e4, max: 1e7, noNaN: true });
  fc.assert(fc.property(slope, level, noises, far, (trueSlope, trueLevel, noise, wrong) => {
    const points = noise.map((off, k) => ({
      x: k * 64,
      y: trueLevel + trueSlope * k * 64 + off + (k % 4 === 3 ? wrong : 0),
      spread: 1,
    }));
    const line = fitLine(points);
    const good = leastSquares(points.filter((_, k) => k % 4 !== 3));
    assert.ok(Math.abs(at(line, 0) - good.at(0)) < 6, `${at(line, 0)} is not ${good.at(0)}`);
    const middle = 32 * noise.length;
    assert.ok(Math.abs(at(line, middle) - trueLevel - trueSlope * middle) < 4);
    assert.ok(Math.abs(leastSquares(points).at(middle) - trueLevel - trueSlope * middle) > 1000);
  }));
});

Deno.test("fitLine() states how far points usually lie from the line, in units of their spread", () => {
  const points = Array.from({ length: 32 }, (_, k) => ({
    x: k,
    y: (k % 2 === 0 ? 1 : -1) * 10,
    spread: 5,
  }));
  assert.ok(Math.abs(fitLine(points).scale - 1.4826 * 2) < 0.2);
});
