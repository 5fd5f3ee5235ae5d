/** What `precisePacer` shares with its thread. */

/** Index of the time to wake at, in a `BigInt64Array`: microseconds since 1970. */
export const TARGET_US = 0;

/** Index of the word, in an `Int32Array`, that changes with each new target. */
export const REVISION = 2;

/** Words of 32 bits in all. */
export const WORDS = 4;

/** Target that stands for "sleep until there is one". */
export const NO_TARGET = 0n;

/** Target that stands for "there will be no more". */
export const END = -1n;
