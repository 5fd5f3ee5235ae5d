/** What a {@linkcode FaultProxy} can do to one frame. Actions are plain data. */

/** What happens to one frame. */
export type Action =
  | { readonly type: "drop" }
  | { readonly type: "duplicate"; readonly times: number; readonly delayMs: number }
  | { readonly type: "delay"; readonly delayMs: number }
  | { readonly type: "hold"; readonly untilIndex: number | "next" }
  | { readonly type: "cut"; readonly keepBytes: number }
  | { readonly type: "corrupt"; readonly at: number; readonly xor: number };

/** The frame is gone. */
export const drop: Action = { type: "drop" };

/**
 * The frame, and `times` copies of it.
 *
 * @param delayMs copy k goes k times as late, in milliseconds; 0 puts it right behind the frame
 */
export function duplicate(times = 1, delayMs = 0): Action {
  return { type: "duplicate", times, delayMs };
}

/** The frame goes out `delayMs` milliseconds late; those behind it do not wait. */
export function delayBy(delayMs: number): Action {
  return { type: "delay", delayMs };
}

/**
 * The frame waits for frame `index` of its kind and goes out right behind the place of that one,
 * whatever happens to that one. When it does not come, the frame goes out before the end.
 */
export function holdUntilIndex(index: number): Action {
  return { type: "hold", untilIndex: index };
}

/** The frame changes places with the next one of its kind. */
export const swapWithNext: Action = { type: "hold", untilIndex: "next" };

/**
 * What went out in front of the frame arrives; then both sides are closed. What is late, held, or on
 * its way in the other direction is lost.
 *
 * @param keepBytes so many bytes of the frame go out too, its head included
 */
export function cut(keepBytes = 0): Action {
  return { type: "cut", keepBytes };
}

/** Byte `at` of the frame, head included, is changed with `xor`; a negative `at` counts from the end. */
export function corrupt(at = -1, xor = 0xff): Action {
  return { type: "corrupt", at, xor };
}
