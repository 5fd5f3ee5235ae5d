import assert from "node:assert/strict";
import fc from "fast-check";
import { firstOf } from "../../../lib/chat/moderation/first_of.ts";

Deno.test("firstOf() gives what sorting all and cutting gives", () => {
  fc.assert(fc.property(fc.array(fc.nat(50)), fc.integer({ min: 1, max: 10 }), (items, count) => {
    const compare = (a: number, b: number) => a - b;
    assert.deepEqual(firstOf(items, count, compare), {
      first: items.toSorted(compare).slice(0, count),
      total: items.length,
    });
  }));
});

Deno.test("firstOf() compares most of many only once", () => {
  let compared = 0;
  const items = Array.from({ length: 100_000 }, (_, at) => at);
  firstOf(items, 100, (a, b) => {
    compared++;
    return a - b;
  });
  assert(compared < 110_000, `${compared} comparisons`);
});
