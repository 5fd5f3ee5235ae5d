/** A count with a comma between thousands: `1,234,567`; a fraction is rounded. */
export function formatCount(count: number | bigint): string {
  if (typeof count === "number" && !Number.isFinite(count)) {
    return String(count);
  }
  const whole = typeof count === "number" ? BigInt(Math.round(count)) : count;
  return String(whole).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
