import assert from "node:assert/strict";
import fc from "fast-check";
import { formatTimeUs } from "../../lib/collect/format_time_us.ts";

const DAY_US = 86_400_000_000n;

function daysInMonth(year: bigint, month: bigint): bigint {
  if (month === 2n) {
    return year % 4n === 0n && (year % 100n !== 0n || year % 400n === 0n) ? 29n : 28n;
  }
  return [4n, 6n, 9n, 11n].includes(month) ? 30n : 31n;
}

/** The same, day by month by year, in whole numbers without a limit. */
function slowly(timeUs: bigint): string {
  const floor = timeUs < 0n ? (timeUs - DAY_US + 1n) / DAY_US : timeUs / DAY_US;
  let days = floor;
  let [year, month] = [1970n, 1n];
  while (days < 0n) {
    year--;
    days += 337n + daysInMonth(year, 2n);
  }
  while (days >= daysInMonth(year, month)) {
    days -= daysInMonth(year, month);
    month = month === 12n ? 1n : month + 1n;
    if (month === 1n) year++;
  }
  const us = timeUs - floor * DAY_US;
  const two = (value: bigint) => String(value).padStart(2, "0");
  const [hours, minutes] = [us / 3_600_000_000n, us / 60_000_000n % 60n];
  const rest = String(us % 1_000_000n).padStart(6, "0");
  return `${year}-${two(month)}-${two(days + 1n)}T${two(hours)}:${two(minutes)}:` +
    `${two(us / 1_000_000n % 60n)}.${rest}Z`;
}

Deno.test("formatTimeUs() is exact for every whole microsecond within ±2^53", () => {
  const edges = [0, 1, 999, 1000, 1001, 999_999, 1e6, Number.MAX_SAFE_INTEGER];
  for (const edge of edges) {
    for (const timeUs of [edge, -edge]) assert.equal(formatTimeUs(timeUs), slowly(BigInt(timeUs)));
  }
  fc.assert(
    fc.property(fc.maxSafeInteger(), (timeUs) => {
      assert.equal(formatTimeUs(timeUs), slowly(BigInt(timeUs)));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("formatTimeUs() is right before 1970 and at both ends", () => {
  assert.equal(formatTimeUs(-1), "1969-12-31T23:59:59.999999Z");
  assert.equal(formatTimeUs(-0), "1970-01-01T00:00:00.000000Z");
  assert.equal(formatTimeUs(Number.MAX_SAFE_INTEGER), "2255-06-05T23:47:34.740991Z");
  assert.equal(formatTimeUs(-Number.MAX_SAFE_INTEGER), "1684-07-28T00:12:25.259009Z");
});
