import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";

/** The CRC-32 of each single byte, before and after the complement. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/**
 * The CRC-32 of something of which `value` is that of all before `bytes`; 0 at the start.
 *
 * `crc32` of Deno 2.4 is wrong with an initial value of 2^31 or more once its caller is hot. So bytes
 * are taken one by one until the value is smaller: two on average.
 */
export function extendCrc32(value: number, bytes: Uint8Array): number {
  let at = 0;
  while (value >= 2 ** 31 && at < bytes.length) {
    const inverted = ~value;
    const entry = TABLE[(inverted ^ (bytes[at++] as number)) & 0xff] as number;
    value = ~(entry ^ (inverted >>> 8)) >>> 0;
  }
  if (at === bytes.length) return value;
  return crc32(Buffer.from(bytes.buffer, bytes.byteOffset + at, bytes.length - at), value);
}
