/** Types of `@std/crypto/timing-safe-equal`, which the npm package comes without. */

/** Whether `a` and `b` are equal, in a time that depends on their length alone. */
export function timingSafeEqual(
  a: ArrayBufferView | ArrayBufferLike,
  b: ArrayBufferView | ArrayBufferLike,
): boolean;
