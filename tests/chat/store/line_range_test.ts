import assert from "node:assert/strict";
import * as fc from "fast-check";
import { lineBounds } from "../../../lib/chat/store/line_range.ts";

const small = fc.nat({ max: 12 });

Deno.test("lineBounds() walks through all ids from either side, each one once", () => {
  fc.assert(
    fc.property(small, fc.integer({ min: 1, max: 5 }), fc.boolean(), (newest, limit, isUp) => {
      const seen: number[] = [];
      const side = isUp ? "after" : "before";
      for (let id = 0;;) {
        const { first, last, hasOlder } = lineBounds({ side, id, limit }, newest);
        assert.equal(hasOlder, first > 1);
        if (last < first) break;
        for (let i = first; i <= last; i++) seen.push(i);
        if (!isUp && !hasOlder) break;
        id = isUp ? last : first;
      }
      assert.deepEqual(seen.sort((a, b) => a - b), Array.from({ length: newest }, (_, i) => i + 1));
    }),
  );
});
