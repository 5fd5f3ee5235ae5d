/** Which lines of a room or an inbox, whose ids go from 1 to the last one without a gap. */
export interface LineRange {
  /** `after`: ids above `id`, the oldest of them. `before`: ids below it, the newest of them. */
  readonly side: "after" | "before";
  /** For `before`, 0 stands for the end. */
  readonly id: number;
  readonly limit: number;
}

/** Ids of a page, both included; none when `last` is below `first`. */
export interface LineBounds {
  readonly first: number;
  readonly last: number;
  /** Whether there are lines older than the page. */
  readonly hasOlder: boolean;
}

/** Says which ids a range stands for where `newest` is the last one; 0: there is none. Pure. */
export function lineBounds({ side, id, limit }: LineRange, newest: number): LineBounds {
  if (side === "after") {
    const first = Math.min(id, newest) + 1;
    return { first, last: Math.min(newest, first + limit - 1), hasOlder: first > 1 };
  }
  const last = id === 0 ? newest : Math.min(id - 1, newest);
  const first = Math.max(1, last - limit + 1);
  return { first, last, hasOlder: first > 1 };
}
