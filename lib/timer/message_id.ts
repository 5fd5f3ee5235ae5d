/**
 * The UUIDs of `timer`: version 8 of RFC 9562, section 5.8, so that the layout is ours. They carry a
 * random id of the run and the sequence number of the message, and a reply tells by itself which
 * request it answers.
 *
 * ```text
 *  0                   1                   2                   3
 *  +---------------------------------------------------------------+
 *  |                      run, bits 59 to 28                       |
 *  +-------------------------------+-------+-----------------------+
 *  |       run, bits 27 to 12      | 1000  |   run, bits 11 to 0   |
 *  +---+---------------------------+-------+-----------------------+
 *  |10 |               sequence, bits 61 to 32                     |
 *  +---+-----------------------------------------------------------+
 *  |                   sequence, bits 31 to 0                      |
 *  +---------------------------------------------------------------+
 * ```
 */
import type { FrameView } from "../transport/frame_view.ts";
import type { FrameWriter } from "../transport/frame_writer.ts";

const VERSION = 0x8000;
const VARIANT = 0x80000000;
const VARIANT_MASK = 0xc0000000;

/** The first eight bytes of all UUIDs of one run, as two words. */
export interface RunId {
  readonly high: number;
  readonly low: number;
}

/** The id of a run out of eight random bytes. */
export function runIdFrom(random: Uint8Array): RunId {
  const data = new DataView(random.buffer, random.byteOffset, 8);
  return { high: data.getUint32(0), low: (data.getUint32(4) & 0xffff0fff | VERSION) >>> 0 };
}

/** Writes the UUID of message `sequence` (0 to 2^53 - 1) to the first 16 bytes. */
export function writeMessageId(to: FrameWriter, run: RunId, sequence: number): void {
  to.setUint32(0, run.high);
  to.setUint32(4, run.low);
  to.setUint32(8, (VARIANT | Math.floor(sequence / 2 ** 32)) >>> 0);
  to.setUint32(12, sequence >>> 0);
}

/** The sequence number in the UUID in the first 16 bytes, or -1 when it is not of this run. */
export function readSequence(from: FrameView, run: RunId): number {
  const third = from.getUint32(8);
  if (from.getUint32(0) !== run.high || from.getUint32(4) !== run.low) return -1;
  if ((third & VARIANT_MASK) >>> 0 !== VARIANT) return -1;
  return (third & ~VARIANT_MASK) * 2 ** 32 + from.getUint32(12);
}
