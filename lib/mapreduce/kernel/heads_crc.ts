import { crc32 } from "node:zlib";
import { CHECKED_BYTES } from "./run_format.ts";

/**
 * The fingerprint of the heads of a run, one after the other: the CRC-32 of the fingerprint so far
 * (u32 LE, 0 at the start) and the first 12 bytes of the head. The initial value that `crc32` takes
 * is not used: where it is 2^31 or more, Deno 2.4 is wrong once the caller is hot (and right before).
 */
export class HeadsCrc {
  readonly #bytes = new Uint8Array(4 + CHECKED_BYTES);
  readonly #data = new DataView(this.#bytes.buffer);
  #value = 0;

  /** The fingerprint of the heads so far. */
  get value(): number {
    return this.#value;
  }

  /** Adds a head, which may have more behind it. */
  add(head: Uint8Array): void {
    this.#data.setUint32(0, this.#value, true);
    this.#bytes.set(head.subarray(0, CHECKED_BYTES), 4);
    this.#value = crc32(this.#bytes);
  }
}
