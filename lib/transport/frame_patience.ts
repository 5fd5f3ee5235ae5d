/** Part of its buffer that a frame has to get per heartbeat to go on when memory is scarce. */
const LEAST_PART = 1 / 16;

/** Heartbeats for which a frame may fall behind. */
const PATIENT_TICKS = 2;

/**
 * Decides, once per heartbeat, whether a frame that began and does not get on may keep its memory.
 * While there is enough, it may: a slow path is no crime. When there is not, whoever sends large
 * frames a byte at a time would keep all others from sending theirs. Pure.
 */
export class FramePatience {
  #receivedBytes = 0;
  #slowTicks = 0;

  /**
   * One heartbeat has passed.
   *
   * @param receivedBytes bytes received since the start
   * @param heldBytes of the buffers of the process that an unfinished frame holds
   * @param isScarce whether little of them is left
   * @returns whether the frame is to be given up
   */
  tick(receivedBytes: number, heldBytes: number, isScarce: boolean): boolean {
    const isSlow = receivedBytes - this.#receivedBytes < heldBytes * LEAST_PART;
    this.#receivedBytes = receivedBytes;
    this.#slowTicks = isSlow ? this.#slowTicks + 1 : 0;
    return isScarce && this.#slowTicks >= PATIENT_TICKS;
  }
}
