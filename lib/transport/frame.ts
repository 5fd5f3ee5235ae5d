/**
 * The frame of `tram/1`, on which everything travels. `docs/protocol.md` is the specification.
 *
 * ```text
 *  0               4     5                       4+N
 *  +---------------+-----+-----------------------+
 *  | N  u32 BE     |  K  | payload, N-1 bytes    |
 *  +---------------+-----+-----------------------+
 *
 *  00 00 00 05  06  de ad be ef     kind 0x06, payload of 4 bytes
 * ```
 *
 * N counts kind and payload, so `1 <= N <= maxFrameBytes`.
 */

/** Version of the protocol that this code speaks. */
export const PROTOCOL_VERSION = 1;

/** Bytes of N. */
export const LENGTH_BYTES = 4;

/** Bytes before the payload: N and the kind. */
export const HEAD_BYTES = 5;

/** Kinds of the transport's own frames, 0x01 to 0x1f. */
export const Kind = {
  Hello: 0x01,
  Challenge: 0x02,
  Proof: 0x03,
  Welcome: 0x04,
  Error: 0x05,
  Ping: 0x06,
  Pong: 0x07,
  Goodbye: 0x08,
  GoodbyeAck: 0x09,
  Credit: 0x0a,
} as const;

/** First kind that a service may use. */
export const FIRST_SERVICE_KIND = 0x20;

/** First kind that is skipped by whoever does not know it; a lower unknown kind is an error. */
export const FIRST_IGNORABLE_KIND = 0x80;

/** Largest N before WELCOME has said more. */
export const HANDSHAKE_MAX_FRAME_BYTES = 4096;

/** Largest N that a service may ask for. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** Largest frame on the bulk lane, N and the four bytes before it together. */
export const MAX_BULK_FRAME_BYTES = 64 * 1024;

/** Largest credit that each end may have at the start. */
export const MAX_CREDIT_BYTES = 1024 * 1024 * 1024;

/** Longest heartbeat, in milliseconds. */
export const MAX_HEARTBEAT_MS = 3_600_000;

/** Bytes of the payload of PING and PONG. */
export const PING_BYTES = 8;

/** Writes a whole frame into memory of its own: for the handshake and for tests. */
export function encodeFrame(kind: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(HEAD_BYTES + payload.length);
  new DataView(frame.buffer).setUint32(0, payload.length + 1);
  frame[LENGTH_BYTES] = kind;
  frame.set(payload, HEAD_BYTES);
  return frame;
}
