import assert from "node:assert/strict";
import fc from "fast-check";
import { formatTimeUs } from "../../lib/collect/format_time_us.ts";
import { parseTimeUs } from "../../lib/collect/parse_time_us.ts";

Deno.test("parseTimeUs() reads what formatTimeUs() wrote, and the number itself", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (timeUs) => {
      assert.equal(parseTimeUs(formatTimeUs(timeUs)), timeUs);
      assert.equal(parseTimeUs(String(timeUs)), timeUs);
    }),
    { numRuns: 1000 },
  );
});

for (
  const [text, timeUs] of [
    ["0", 0],
    ["-0", 0],
    ["+5", 5],
    ["2026", 2026], // no year alone
    ["1970-01-01", 0],
    ["1969-12-31T23:59:59.5Z", -500_000],
    ["1970-01-02T00:00", 86_400_000_000],
    ["1970-01-01 00:00:01.000001", 1_000_001],
    ["1970-01-01T01:00+01:00", 0],
    ["1970-01-01T00:30-0030", 3_600_000_000],
    ["2024-02-29T12:00:00Z", 1_709_208_000_000_000],
  ] as const
) {
  Deno.test(`parseTimeUs() takes ${text}`, () => assert.equal(parseTimeUs(text), timeUs));
}

for (
  const text of [
    ...["", "x", "now", "1.5", "1e3", "0x10", "2026-11", "2026-13-01", "2026-02-30"],
    ...["2025-02-29", "2026-11-20T24:00", "2026-11-20T09", "2026-11-20T09:50:60Z"],
    ...["2026-11-20T09:50:05.1234567Z", "2026-11-20Z", "2026-11-20T09:50+25:00"],
    ...["9007199254740992", "-9007199254740992", "2255-06-06", "1684-07-27", "9999-12-31"],
    ...["2026-11-20T09:50:05,5Z", " 2026-11-20", "2026-11-20T09:50Z\n"],
  ]
) {
  Deno.test(`parseTimeUs() refuses "${text}"`, () => {
    assert.throws(() => parseTimeUs(text), { name: "SyntaxError", message: /^wanted a time such/ });
  });
}
