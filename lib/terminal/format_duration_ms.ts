const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `large` and the rest in the next smaller unit, both whole: `3 min 20 s`. */
function twoUnits(ms: number, largeMs: number, large: string, smallMs: number, small: string) {
  const smalls = Math.round(ms / smallMs);
  const perLarge = largeMs / smallMs;
  const rest = String(smalls % perLarge).padStart(2, "0");
  return `${Math.floor(smalls / perLarge)} ${large} ${rest} ${small}`;
}

/**
 * A duration as people say it, in milliseconds or its two largest units: `250 ms`, `1.4 s`, `42 s`,
 * `3 min 20 s`, `1 h 02 min`, `2 d 03 h`. Bounds lie where a value would round up to the next unit.
 */
export function formatDurationMs(ms: number): string {
  if (!Number.isFinite(ms)) return "unknown";
  if (ms < 0) return `-${formatDurationMs(-ms)}`;
  if (ms < 999.5) {
    return ms > 0 && ms < 0.5 ? "under 1 ms" : `${Math.round(ms)} ms`;
  }
  if (ms < 9950) return `${(ms / SECOND_MS).toFixed(1)} s`;
  if (ms < MINUTE_MS - 0.5 * SECOND_MS) {
    return `${Math.round(ms / SECOND_MS)} s`;
  }
  if (ms < HOUR_MS - 0.5 * SECOND_MS) {
    return twoUnits(ms, MINUTE_MS, "min", SECOND_MS, "s");
  }
  if (ms < DAY_MS - 0.5 * MINUTE_MS) {
    return twoUnits(ms, HOUR_MS, "h", MINUTE_MS, "min");
  }
  return twoUnits(ms, DAY_MS, "d", HOUR_MS, "h");
}
