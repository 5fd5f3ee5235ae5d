import { HEAD_BYTES, MAX_BULK_FRAME_BYTES } from "./frame.ts";
import { LineError, LineErrorCode } from "./line_error.ts";

/**
 * The receiver's side of bulk credit: how much the peer may still send, and what is to be granted
 * anew. Pure; grants are handed to a function.
 */
export class BulkCredit {
  readonly #creditBytes: number;
  readonly #grant: (bytes: number) => void;
  #allowedBytes: number;
  #releasedBytes = 0;

  /**
   * @param creditBytes credit at the start
   * @param grant sends CREDIT
   */
  constructor(creditBytes: number, grant: (bytes: number) => void) {
    this.#creditBytes = this.#allowedBytes = creditBytes;
    this.#grant = grant;
  }

  /**
   * Counts a bulk frame with `payloadBytes` of payload.
   *
   * @returns its bytes on the wire, which is what is released later
   * @throws {LineError} `credit-exceeded` beyond the credit, or above 64 KiB
   */
  receive(payloadBytes: number): number {
    const frameBytes = HEAD_BYTES + payloadBytes;
    this.#allowedBytes -= frameBytes;
    if (frameBytes <= MAX_BULK_FRAME_BYTES && this.#allowedBytes >= 0) return frameBytes;
    throw new LineError(
      LineErrorCode.CreditExceeded,
      `Cannot take ${frameBytes} bytes of bulk: at most ${MAX_BULK_FRAME_BYTES} in a frame, ` +
        `and ${Math.max(0, this.#allowedBytes + frameBytes)} are left of the credit`,
    );
  }

  /** Gives credit back for `frameBytes` on the wire. */
  release(frameBytes: number): void {
    this.#releasedBytes += frameBytes;
    // In portions, to save frames; at once when the peer could not send a frame of full size.
    const isPortion = this.#releasedBytes >= this.#creditBytes / 4;
    if (!isPortion && this.#allowedBytes >= MAX_BULK_FRAME_BYTES) return;
    this.#allowedBytes += this.#releasedBytes;
    this.#grant(this.#releasedBytes);
    this.#releasedBytes = 0;
  }
}
