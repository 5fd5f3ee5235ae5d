/**
 * Makes fewer values of those of one key, before they travel. The views are good during the call;
 * what is given back may contain them. It may be called any number of times on parts of the values
 * of a key, so it must be associative.
 */
export type Combine = (key: Uint8Array, values: readonly Uint8Array[]) => Iterable<Uint8Array>;
