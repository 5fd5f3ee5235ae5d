const UNITS = [
  { unit: "ns", factor: 1 },
  { unit: "us", factor: 1e3 },
  { unit: "ms", factor: 1e6 },
  { unit: "s", factor: 1e9 },
] as const;

/** Nanoseconds as people read them, with three digits and a unit: `55.8 us`, `1.27 s`. */
export function formatNs(ns: number): string {
  // A hair below a unit rounds up to it: 999,600 ns are 1.00 ms, not 1000 us.
  const fits = UNITS.findLast(({ factor }) => Math.abs(ns) >= factor * 0.9995) ?? UNITS[0];
  const value = ns / fits.factor;
  const digits = fits.factor === 1 || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${fits.unit}`;
}
