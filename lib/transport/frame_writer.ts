import { HEAD_BYTES, LENGTH_BYTES } from "./frame.ts";

// Local, because V8 looks up an imported name at each use and folds a local one into the code: 1 ns
// per frame.
const KIND_AT = LENGTH_BYTES;
const PAYLOAD_AT = HEAD_BYTES;

/**
 * The payload of a frame that is being written, in place in the send buffer. One object serves all
 * frames of a lane, so nothing is allocated per frame.
 *
 * It is valid until {@linkcode commit}, which must come in the same turn. The memory has old
 * content: write every byte of the payload.
 */
export class FrameWriter {
  /** Bytes of payload that were asked for; -1 when nothing is reserved. */
  length: number = -1;
  /** Where the sealed frames end and the reserved one begins. */
  protected end = 0;
  /** Where the room ends. */
  protected limit = 0;
  /** Most bytes of payload of one frame. */
  protected maxPayloadBytes = 0;
  /** Frames sealed since the start. */
  protected sealedFrames = 0;
  /** Whether the next sealed frame is announced. */
  protected isQuiet = true;
  #bytes = new Uint8Array(0);
  #data = new DataView(this.#bytes.buffer);
  readonly #onFrames: () => void;

  /**
   * For the lane: a writer without room.
   *
   * @param onFrames called for the first frame that is sealed while the writer is quiet
   */
  protected constructor(onFrames: () => void) {
    this.#onFrames = onFrames;
  }

  /** Writes to `bytes` from now on; there is no room yet. */
  protected moveTo(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#data = new DataView(bytes.buffer);
    this.end = 0;
    this.limit = 0;
    this.length = -1;
  }

  /** Begins a frame if there is room for it. */
  protected open(kind: number, payloadBytes: number): boolean {
    const { end } = this;
    if (end + PAYLOAD_AT + payloadBytes > this.limit) return false;
    if (payloadBytes > this.maxPayloadBytes) return false;
    this.#bytes[end + KIND_AT] = kind;
    this.length = payloadBytes;
    return true;
  }

  /** Adds frames that are encoded already; there must be room. A reservation is given up. */
  protected append(encoded: Uint8Array): void {
    this.#bytes.set(encoded, this.end);
    this.end += encoded.length;
    this.length = -1;
  }

  /** Writes an unsigned 8-bit integer. */
  setUint8(at: number, value: number): void {
    if (at < 0 || at + 1 > this.length) this.#outside(at, 1);
    this.#data.setUint8(this.end + PAYLOAD_AT + at, value);
  }

  /** Writes an unsigned 16-bit big-endian integer. */
  setUint16(at: number, value: number): void {
    if (at < 0 || at + 2 > this.length) this.#outside(at, 2);
    this.#data.setUint16(this.end + PAYLOAD_AT + at, value);
  }

  /** Writes an unsigned 32-bit big-endian integer. */
  setUint32(at: number, value: number): void {
    if (at < 0 || at + 4 > this.length) this.#outside(at, 4);
    this.#data.setUint32(this.end + PAYLOAD_AT + at, value);
  }

  /** Writes an unsigned 64-bit big-endian integer. */
  setBigUint64(at: number, value: bigint): void {
    if (at < 0 || at + 8 > this.length) this.#outside(at, 8);
    this.#data.setBigUint64(this.end + PAYLOAD_AT + at, value);
  }

  /**
   * Writes a whole number as a signed 64-bit big-endian integer.
   *
   * @throws {RangeError} when it is not whole or outside ±2^53
   */
  setSafeInt64(at: number, value: number): void {
    if (!Number.isSafeInteger(value)) {
      throw new RangeError(`Cannot write ${value} as an integer: not whole or outside ±2^53`);
    }
    if (at < 0 || at + 8 > this.length) this.#outside(at, 8);
    const start = this.end + PAYLOAD_AT + at;
    this.#data.setInt32(start, Math.floor(value / 2 ** 32));
    this.#data.setUint32(start + 4, value >>> 0);
  }

  /** Copies `bytes` to `at`. */
  set(bytes: Uint8Array, at = 0): void {
    if (at < 0 || at + bytes.length > this.length) this.#outside(at, bytes.length);
    this.#bytes.set(bytes, this.end + PAYLOAD_AT + at);
  }

  /** The payload in the send buffer: no copy, but a new object. */
  subarray(begin = 0, end = this.length): Uint8Array {
    if (begin < 0 || end > this.length) this.#outside(begin, end - begin);
    const start = this.end + PAYLOAD_AT;
    return this.#bytes.subarray(start + begin, start + end);
  }

  /**
   * Seals the frame; it leaves at the end of this turn.
   *
   * @param payloadBytes how much of what was asked for is used
   * @throws {RangeError} when more is used than was asked for, or nothing is reserved
   */
  commit(payloadBytes: number = this.length): void {
    if (payloadBytes > this.length || payloadBytes < 0 || (payloadBytes | 0) !== payloadBytes) {
      this.#misused(payloadBytes);
    }
    const { end } = this;
    this.#data.setUint32(end, payloadBytes + 1);
    this.end = end + PAYLOAD_AT + payloadBytes;
    this.length = -1;
    this.sealedFrames++;
    if (this.isQuiet) {
      this.isQuiet = false;
      this.#onFrames();
    }
  }

  #outside(at: number, count: number): never {
    throw new RangeError(
      `Cannot write ${count} bytes at ${at}: the reserved payload has ${this.length}`,
    );
  }

  #misused(payloadBytes: number): never {
    throw new RangeError(
      this.length >= 0
        ? `Cannot commit ${payloadBytes} bytes: ${this.length} were reserved`
        : "Cannot commit a frame: none is reserved",
    );
  }
}
