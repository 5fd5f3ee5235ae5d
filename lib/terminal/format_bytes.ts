import { formatCount } from "./format_count.ts";

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** A number of bytes in binary units (IEC 80000-13), one decimal at most: `64 KiB`, `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // Compared as it will be shown, or there would be 1024 KiB.
  while (unit < UNITS.length - 1 && Math.abs(rounded(value)) >= 1024) {
    value /= 1024;
    unit++;
  }
  const shown = rounded(unit === 0 ? Math.round(value) : value);
  return `${Number.isInteger(shown) ? formatCount(shown) : shown} ${UNITS[unit] ?? ""}`;
}

/** One decimal below 100, none above. */
function rounded(value: number): number {
  return Math.abs(value) >= 99.95 ? Math.round(value) : Math.round(value * 10) / 10;
}
