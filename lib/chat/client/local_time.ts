/** Wall times, in microseconds since 1970, as people here read them. */
import { LocalDay } from "../../log/local_day.ts";

const days = new LocalDay();

/** Local time of day: `09:50`. */
export function timeOfDay(timeUs: number): string {
  const at = new Date(timeUs / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Local date: `2026-11-20`. */
export function dateOf(timeUs: number): string {
  return days.dateAt(timeUs / 1000);
}
