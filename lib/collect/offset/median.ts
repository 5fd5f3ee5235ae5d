/** The median; the mean of the middle two of an even number, 0 of none. Sorts `values` in place. */
export function median(values: Float64Array): number {
  const { length } = values;
  if (length === 0) return 0;
  values.sort();
  const high = values[length >> 1] ?? 0;
  return length % 2 === 1 ? high : (high + (values[(length >> 1) - 1] ?? 0)) / 2;
}
