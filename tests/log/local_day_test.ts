import assert from "node:assert/strict";
import fc from "fast-check";
import { LocalDay } from "../../lib/log/local_day.ts";

/** The date by the runtime's own formatting; Sweden writes dates as ISO 8601 does. */
function plainDate(wallMs: number): string {
  return new Date(wallMs).toLocaleDateString("sv-SE");
}

Deno.test("LocalDay.dateAt() changes with local midnight", () => {
  const day = new LocalDay();
  const midnightMs = new Date(2026, 2, 1).getTime();
  assert.equal(day.dateAt(midnightMs - 1), "2026-02-28");
  assert.equal(day.dateAt(midnightMs), "2026-03-01");
  assert.equal(day.dateAt(midnightMs - 0.5), "2026-02-28"); // the clock was set back
});

Deno.test("LocalDay.dateAt() says what the runtime's calendar says, in any order", () => {
  const times = fc.array(fc.integer({ min: 0, max: 4e12 }), { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(times, (wallMs) => {
    const day = new LocalDay();
    for (const at of wallMs) {
      for (const near of [at, at + 3_600_000, at - 1]) {
        if (near >= 0) assert.equal(day.dateAt(near), plainDate(near));
      }
    }
  }));
});
