import { HEAD_BYTES, LENGTH_BYTES, MAX_FRAME_BYTES } from "../../lib/transport/frame.ts";

const START_BYTES = 8 * 1024;

/**
 * Cuts a stream of bytes into whole frames, heads included. It checks nothing but the length, and
 * its memory grows with what has arrived.
 */
export class FrameCutter {
  /** Set by a length of 0 or above 64 MiB: no frame comes any more. */
  isMalformed = false;
  #buffer = new Uint8Array(START_BYTES);
  #at = 0;
  #end = 0;

  /** Takes a copy of what was read. */
  push(chunk: Uint8Array): void {
    if (this.#at > 0) {
      this.#buffer.copyWithin(0, this.#at, this.#end);
      this.#end -= this.#at;
      this.#at = 0;
    }
    const needed = this.#end + chunk.length;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
      larger.set(this.#buffer.subarray(0, this.#end));
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end = needed;
  }

  /** A copy of the next whole frame, or `undefined` until more is pushed. */
  next(): Uint8Array | undefined {
    const available = this.#end - this.#at;
    if (this.isMalformed || available < LENGTH_BYTES) return undefined;
    const n = new DataView(this.#buffer.buffer, this.#at).getUint32(0);
    this.isMalformed = n === 0 || n > MAX_FRAME_BYTES;
    const frameBytes = LENGTH_BYTES + n;
    if (this.isMalformed || available < Math.max(HEAD_BYTES, frameBytes)) return undefined;
    const frame = this.#buffer.slice(this.#at, this.#at + frameBytes);
    this.#at += frameBytes;
    return frame;
  }

  /** A copy of what is left, and forgets it. */
  takeRest(): Uint8Array {
    const rest = this.#buffer.slice(this.#at, this.#end);
    this.#at = this.#end = 0;
    return rest;
  }
}
