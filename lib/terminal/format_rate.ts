import { formatBytes } from "./format_bytes.ts";
import { formatCount } from "./format_count.ts";

/** What is counted. */
export type CountUnit = "count" | "bytes";

/** A rate per second: `2,000/s`, `0.25/s`, `12.3 MiB/s`. */
export function formatRate(perSecond: number, unit: CountUnit = "count"): string {
  if (unit === "bytes") return `${formatBytes(perSecond)}/s`;
  const digits = Math.abs(perSecond) < 0.995 ? 2 : Math.abs(perSecond) < 99.95 ? 1 : 0;
  return `${digits === 0 ? formatCount(perSecond) : Number(perSecond.toFixed(digits))}/s`;
}
