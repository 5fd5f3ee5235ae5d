/**
 * The slow twin of `FrameDecoder`: joins all bytes and slices frames off the front. So short that it
 * is right at a glance; the oracle of the tests and the base line of the benchmarks.
 */
import { HEAD_BYTES, LENGTH_BYTES } from "../../lib/transport/frame.ts";
import { LineError, LineErrorCode } from "../../lib/transport/line_error.ts";

/** A frame in memory of its own. */
export interface PlainFrame {
  readonly kind: number;
  readonly payload: Uint8Array;
}

/** Joins `parts` into one. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Decodes frames, one copy of everything at a time. */
export class PlainDecoder {
  readonly maxFrameBytes: number;
  #rest = new Uint8Array(0);

  constructor(maxFrameBytes: number) {
    this.maxFrameBytes = maxFrameBytes;
  }

  /** Bytes that belong to no whole frame. */
  get pendingBytes(): number {
    return this.#rest.length;
  }

  /** Takes the next bytes of the stream. */
  push(chunk: Uint8Array): void {
    this.#rest = concat([this.#rest, chunk]);
  }

  /** The next frame, or `undefined` until more bytes are there. */
  next(): PlainFrame | undefined {
    if (this.#rest.length < LENGTH_BYTES) return undefined;
    const n = new DataView(this.#rest.buffer).getUint32(0);
    if (n === 0) throw new LineError(LineErrorCode.FrameEmpty, "no kind");
    if (n > this.maxFrameBytes) throw new LineError(LineErrorCode.FrameTooLarge, `${n} bytes`);
    if (this.#rest.length < LENGTH_BYTES + n) return undefined;
    const frame = {
      kind: this.#rest[LENGTH_BYTES] as number,
      payload: this.#rest.slice(HEAD_BYTES, LENGTH_BYTES + n),
    };
    this.#rest = this.#rest.slice(LENGTH_BYTES + n);
    return frame;
  }
}
