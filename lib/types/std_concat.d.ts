/** Types of `@std/bytes/concat`, which the npm package of the standard library comes without. */

/** The bytes of all `buffers`, one after the other, in memory of their own. */
export function concat(buffers: Iterable<Uint8Array>): Uint8Array<ArrayBuffer>;
