/**
 * Widths whose sum is at most `room`: the widest become narrower first, none below its least.
 *
 * @returns `undefined` when even the least are too much
 */
export function shrinkWidths(
  widths: readonly number[],
  least: readonly number[],
  room: number,
): number[] | undefined {
  const sumAt = (cap: number) => {
    return widths.reduce(
      (sum, width, i) => sum + Math.min(width, Math.max(least[i] ?? 0, cap)),
      0,
    );
  };
  if (sumAt(0) > room) return undefined;
  // The highest cap on all widths that fits; the sum grows with it.
  let low = 0;
  let high = Math.max(0, ...widths);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sumAt(middle) <= room) low = middle;
    else high = middle - 1;
  }
  let spare = room - sumAt(low);
  return widths.map((width, i) => {
    const capped = Math.min(width, Math.max(least[i] ?? 0, low));
    if (capped >= width || capped > low || spare <= 0) return capped;
    spare--;
    return capped + 1;
  });
}
