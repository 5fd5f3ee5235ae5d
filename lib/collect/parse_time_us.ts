const ISO = new RegExp(
  "^(\\d{4}-\\d{2}-\\d{2})(?:[T ](\\d{2}:\\d{2})(?::(\\d{2})(?:\\.(\\d{1,6}))?)?" +
    "(Z|[+-]\\d{2}:?\\d{2})?)?$",
);

function isoUs(text: string): number {
  const match = ISO.exec(text);
  if (match === null) return NaN;
  const [, day = "", minutes = "00:00", seconds = "00", fraction = "", zone = "Z"] = match;
  const isoZone = zone.replace(/^(...)(\d\d)$/, "$1:$2");
  const ms = Date.parse(`${day}T${minutes}:${seconds}${isoZone}`);
  if (Number.isNaN(ms)) return NaN;
  // Date takes February 30 for a day in March, and 24:00 for the next day.
  const shown = new Date(`${day}T${minutes}:${seconds}Z`).toISOString();
  return shown.startsWith(`${day}T${minutes}`) ? ms * 1000 + Number(fraction.padEnd(6, "0")) : NaN;
}

/**
 * A wall time in whole microseconds since 1970: a whole number of them, or ISO 8601 with up to six
 * decimals of a second, in UTC unless it names another zone.
 *
 * @throws {SyntaxError}
 */
export function parseTimeUs(text: string): number {
  const timeUs = /^[+-]?\d+$/.test(text) ? Number(text) : isoUs(text);
  if (Number.isSafeInteger(timeUs)) return timeUs + 0; // never -0
  throw new SyntaxError(
    "wanted a time such as 2026-11-20T09:50:05.123456Z or 2026-11-20, or whole microseconds " +
      `since 1970, within ±2^53 us of it, got "${text}"`,
  );
}
