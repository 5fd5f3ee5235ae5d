/**
 * The first `count` of many in an order, and how many there are: in one pass, because whoever may ask
 * for a list may do so often.
 */
export function firstOf<T>(
  items: Iterable<T>,
  count: number,
  compare: (a: T, b: T) => number,
): { readonly first: readonly T[]; readonly total: number } {
  const kept: T[] = [];
  /** What is behind it is not among the first. */
  let last: T | undefined;
  let total = 0;
  for (const item of items) {
    total++;
    if (last !== undefined && compare(item, last) > 0) continue;
    kept.push(item);
    if (kept.length < 2 * count) continue;
    kept.sort(compare).splice(count);
    last = kept.at(-1);
  }
  return { first: kept.sort(compare).slice(0, count), total };
}
