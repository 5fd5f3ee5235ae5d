import assert from "node:assert/strict";
import { CLOCK_LIMITS } from "../../../lib/collect/offset/clock_limits.ts";
import { isQuiet } from "../../../lib/collect/offset/is_quiet.ts";
import { Segment } from "../../../lib/collect/offset/segment.ts";

function segmentOf(...readings: readonly { offsetUs: number; delayUs?: number }[]): Segment {
  const start = { id: 0, clientSteps: 0, serverSteps: 0, fromLowUs: 0, fromHighUs: 0 };
  const segment = new Segment(start, CLOCK_LIMITS);
  readings.forEach(({ offsetUs, delayUs = 200 }, at) => {
    segment.add({ atUs: at * 1e6, offsetUs, delayUs, halfWidthUs: delayUs / 2 + 4 });
  });
  return segment;
}

const STEADY = Array.from({ length: 10 }, (_, at) => ({ offsetUs: at % 2 * 10 }));

Deno.test("isQuiet() is false until there are three bursts", () => {
  assert.equal(isQuiet(segmentOf()), false);
  assert.equal(isQuiet(segmentOf({ offsetUs: 0 }, { offsetUs: 0 })), false);
  assert.equal(isQuiet(segmentOf({ offsetUs: 0 }, { offsetUs: 0 }, { offsetUs: 0 })), true);
});

Deno.test("isQuiet() is true on the line and false far off it", () => {
  assert.equal(isQuiet(segmentOf(...STEADY, { offsetUs: 5 })), true);
  assert.equal(isQuiet(segmentOf(...STEADY, { offsetUs: 95 })), false);
});

Deno.test("isQuiet() is false when the delay has jumped, and true when that is usual", () => {
  assert.equal(isQuiet(segmentOf(...STEADY, { offsetUs: 0, delayUs: 5000 })), false);
  const slow = STEADY.map(({ offsetUs }) => ({ offsetUs, delayUs: 5000 }));
  assert.equal(isQuiet(segmentOf(...slow, { offsetUs: 0, delayUs: 6000 })), true);
});
