// @ts-types="../types/std_concat.d.ts"
import { concat } from "@std/bytes/concat";
import { encodeFrame } from "./frame.ts";
import { checkBounds, type Kind, type Lane } from "./service.ts";

/**
 * Frames that are encoded once and sent to many connections: what a broadcast is made of. Fill it,
 * then hand it to `sendBatch` of each connection; after the first of these it must not grow.
 */
export class FrameBatch {
  /** All frames of a batch travel on one lane. */
  readonly lane: Lane = "normal";
  /** How many frames it holds. */
  frames = 0;
  /** Bytes of the largest payload. */
  largestPayloadBytes = 0;
  #parts: Uint8Array[] = [];
  #bytes: Uint8Array | undefined;

  /**
   * Adds a frame.
   *
   * @throws {RangeError} when `kind` travels on another lane or the value does not fit it, or when the
   * batch was sent already
   */
  add<Sent>(kind: Kind<unknown, Sent>, value: Sent): this {
    if (kind.lane !== this.lane) {
      throw new RangeError(`Cannot batch a ${kind.lane} frame: a batch is for the normal lane`);
    }
    if (this.#bytes !== undefined) throw new RangeError("Cannot add to a batch that was sent");
    const payload = kind.encode(value);
    checkBounds(kind, payload.length);
    this.largestPayloadBytes = Math.max(this.largestPayloadBytes, payload.length);
    this.#parts.push(encodeFrame(kind.code, payload));
    this.frames++;
    return this;
  }

  /** The encoded frames, back to back. */
  bytes(): Uint8Array {
    if (this.#bytes !== undefined) return this.#bytes;
    const bytes = concat(this.#parts);
    this.#parts = [];
    return this.#bytes = bytes;
  }
}
