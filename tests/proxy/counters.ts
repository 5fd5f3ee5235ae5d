/**
 * What a proxy really did in one direction, all connections together. When all have ended:
 * `framesOut = framesIn - dropped + duplicated - lost`.
 */
export class Counters {
  /** Whole frames and all bytes that were read. */
  framesIn = 0;
  bytesIn = 0;
  /** Whole frames and all bytes that were written. */
  framesOut = 0;
  bytesOut = 0;
  /** Frames that an action was for; for `duplicated`, the copies. */
  dropped = 0;
  duplicated = 0;
  delayed = 0;
  held = 0;
  corrupted = 0;
  cuts = 0;
  /** Frames that were read but not written, because the connection was cut or broke. */
  lost = 0;
  /** Bytes that were passed on as they were: after a malformed length, or half a frame at the end. */
  rawBytes = 0;
  /** Most bytes of frames that waited to be written on one connection. */
  peakWaitingBytes = 0;
}
