const US_PER_MS = 1000;

/**
 * A wall time in ISO 8601, UTC, with microseconds: `2026-11-20T09:50:05.123456Z`.
 *
 * @param timeUs whole microseconds since 1970, within ±2^53: from 1684 to 2255
 */
export function formatTimeUs(timeUs: number): string {
  // A division would round; this does not, also before 1970.
  const restUs = ((timeUs % US_PER_MS) + US_PER_MS) % US_PER_MS;
  const upToMs = new Date((timeUs - restUs) / US_PER_MS).toISOString();
  return `${upToMs.slice(0, -1)}${String(restUs).padStart(3, "0")}Z`;
}
