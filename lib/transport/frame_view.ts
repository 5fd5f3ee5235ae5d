import { HEAD_BYTES, LENGTH_BYTES } from "./frame.ts";
import { LineError, LineErrorCode } from "./line_error.ts";

// Local: see `frame_writer.ts`.
const KIND_AT = LENGTH_BYTES;
const PAYLOAD_AT = HEAD_BYTES;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * A received frame, seen where it lies in the connection's slab. One object serves all frames of a
 * connection, so nothing is allocated per frame.
 *
 * It is valid until the handler returns; then the bytes are overwritten. {@linkcode copy} is the
 * only way to keep them. Positions count from the start of the payload; reading past its end is the
 * peer's fault and raises {@linkcode LineError} `bad-message`.
 */
export class FrameView {
  /** Kind of the frame. */
  kind = 0;
  /** Bytes of payload. */
  length = 0;
  #start = 0;
  #bytes: Uint8Array;
  #data: DataView;

  /**
   * For the decoder: a view that looks at nothing yet.
   *
   * @param slab the memory that {@linkcode moveTo} points into
   */
  constructor(slab: Uint8Array) {
    this.#bytes = slab;
    this.#data = dataViewOf(slab);
  }

  /** For the decoder: changes the memory that the view looks at. */
  rebase(slab: Uint8Array): void {
    this.#bytes = slab;
    this.#data = dataViewOf(slab);
  }

  /** For the decoder: looks at the frame at `at` whose length field says `n`. */
  moveTo(at: number, n: number): void {
    this.kind = this.#bytes[at + KIND_AT] as number;
    this.#start = at + PAYLOAD_AT;
    this.length = n - 1;
  }

  /** Unsigned 8-bit integer at `at`. */
  getUint8(at: number): number {
    if (at < 0 || at + 1 > this.length) this.#tooShort(at, 1);
    return this.#data.getUint8(this.#start + at);
  }

  /** Unsigned 16-bit big-endian integer at `at`. */
  getUint16(at: number): number {
    if (at < 0 || at + 2 > this.length) this.#tooShort(at, 2);
    return this.#data.getUint16(this.#start + at);
  }

  /** Unsigned 32-bit big-endian integer at `at`. */
  getUint32(at: number): number {
    if (at < 0 || at + 4 > this.length) this.#tooShort(at, 4);
    return this.#data.getUint32(this.#start + at);
  }

  /** Unsigned 64-bit big-endian integer at `at`. Allocates a `bigint`. */
  getBigUint64(at: number): bigint {
    if (at < 0 || at + 8 > this.length) this.#tooShort(at, 8);
    return this.#data.getBigUint64(this.#start + at);
  }

  /**
   * Signed 64-bit big-endian integer at `at` as a number.
   *
   * @throws {LineError} `bad-message` outside ±2^53, where a number is not exact
   */
  getSafeInt64(at: number): number {
    if (at < 0 || at + 8 > this.length) this.#tooShort(at, 8);
    const value = this.#data.getInt32(this.#start + at) * 2 ** 32 +
      this.#data.getUint32(this.#start + at + 4);
    if (!Number.isSafeInteger(value)) {
      throw new LineError(
        LineErrorCode.BadMessage,
        `Cannot read the integer at byte ${at} of kind ${hexKind(this.kind)}: outside ±2^53`,
      );
    }
    return value;
  }

  /** The payload from `begin` to `end`, shared with the slab: no copy, but a new object. */
  subarray(begin = 0, end = this.length): Uint8Array {
    if (begin < 0 || begin > end || end > this.length) this.#tooShort(begin, end - begin);
    return this.#bytes.subarray(this.#start + begin, this.#start + end);
  }

  /** The payload from `begin` to `end` in memory of its own. */
  copy(begin = 0, end = this.length): Uint8Array<ArrayBuffer> {
    if (begin < 0 || begin > end || end > this.length) this.#tooShort(begin, end - begin);
    return this.#bytes.slice(this.#start + begin, this.#start + end) as Uint8Array<ArrayBuffer>;
  }

  /**
   * The payload from `begin` to `end` as text.
   *
   * @throws {LineError} `bad-message` when it is not UTF-8
   */
  text(begin = 0, end = this.length): string {
    try {
      return utf8.decode(this.subarray(begin, end));
    } catch (cause) {
      if (cause instanceof LineError) throw cause;
      throw new LineError(
        LineErrorCode.BadMessage,
        `Cannot read the text of kind ${hexKind(this.kind)}: not UTF-8`,
        { cause },
      );
    }
  }

  #tooShort(at: number, wanted: number): never {
    throw new LineError(
      LineErrorCode.BadMessage,
      `Cannot read ${wanted} bytes at ${at} of kind ${hexKind(this.kind)}: ` +
        `the payload has ${this.length}`,
    );
  }
}

/** A kind as it stands in the documentation: `0x20`. */
export function hexKind(kind: number): string {
  return `0x${kind.toString(16).padStart(2, "0")}`;
}

function dataViewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
