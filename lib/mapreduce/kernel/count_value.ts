/** Most digits of a count up to 2^53 - 1. */
export const MAX_COUNT_DIGITS = 16;

/**
 * Reads a count in decimal digits.
 *
 * @throws RangeError if the bytes are no digits, or the count is above 2^53 - 1.
 */
export function readCount(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9 || count > Number.MAX_SAFE_INTEGER) {
      throw notACount(bytes, start, end);
    }
    count = 10 * count + digit;
  }
  if (start === end || count > Number.MAX_SAFE_INTEGER) throw notACount(bytes, start, end);
  return count;
}

/** Writes `count` (0 to 2^53 - 1) in decimal digits at `at`, and gives the place behind it. */
export function writeCount(bytes: Uint8Array, at: number, count: number): number {
  let digits = 1;
  for (let power = 10; count >= power; power *= 10) digits++;
  const end = at + digits;
  for (let place = end - 1; place >= at; place--) {
    const digit = count % 10;
    bytes[place] = 0x30 + digit;
    count = (count - digit) / 10;
  }
  return end;
}

/** Adds two counts. @throws RangeError if the sum is above 2^53 - 1. */
export function addCounts(a: number, b: number): number {
  const sum = a + b;
  if (sum > Number.MAX_SAFE_INTEGER) throw new RangeError("A count is above 2^53 - 1");
  return sum;
}

function notACount(bytes: Uint8Array, start: number, end: number): RangeError {
  const text = new TextDecoder().decode(bytes.subarray(start, Math.min(end, start + 40)));
  return new RangeError(
    `The value ${JSON.stringify(text)} is no count: decimal digits up to 2^53 - 1 are right`,
  );
}
