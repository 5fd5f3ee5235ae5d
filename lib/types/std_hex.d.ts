/** Types of `@std/encoding/hex`, which the npm package of the standard library comes without. */

/** Lower-case hexadecimal text of `src`. */
export function encodeHex(src: string | Uint8Array | ArrayBuffer): string;

/**
 * Bytes of hexadecimal text.
 * @throws {TypeError} when `src` has an odd length or another character
 */
export function decodeHex(src: string): Uint8Array<ArrayBuffer>;
