/**
 * The frames of one lane that wait to be written: a queue of chunks, the last of which is being
 * filled. Pure bookkeeping; the sender does the writing.
 *
 * ```text
 *   chunk (4 KiB)    chunk (64 KiB)      chunk (512 KiB)
 *  +------+------+  +---------------+   +---------+---------+
 *  | sent |frames|  | frames        |   | frames  |         |
 *  +------+------+  +---------------+   +---------+---------+
 *         sent   end                              end: the writer goes on here
 * ```
 *
 * Frames are written where they will be sent from. Bytes before `end` never change, so the stream
 * may read them while the room behind is filled.
 */
import type { Chunk, SendPart } from "./chunk.ts";
import { HEAD_BYTES, LENGTH_BYTES, MAX_BULK_FRAME_BYTES } from "./frame.ts";
import { FrameWriter } from "./frame_writer.ts";
import type { MemoryBudget } from "./memory_budget.ts";

/** First chunk after a rest, then the next ones while the lane stays busy. */
const CHUNK_SIZES = [4 * 1024, 64 * 1024, 512 * 1024] as const;

/** Shorter bytes are copied together; longer ones are sent from where they lie. */
const MIN_BYTES_IN_PLACE = 16 * 1024;

/** Options of a {@linkcode SendLane}. */
export interface SendLaneOptions {
  /** Most bytes that may be queued; a frame that would go beyond is refused. */
  readonly maxBytes: number;
  /** Most bytes of payload of one frame. */
  readonly maxPayloadBytes: number;
  readonly budget: MemoryBudget;
  /** Called for the first frame after each `peek`. */
  readonly onFrames: () => void;
  /** Called when memory is to be had again that a frame was refused for. */
  readonly onMemory: () => void;
}

/** One lane's queue of sealed frames. */
export class SendLane extends FrameWriter {
  readonly #options: SendLaneOptions;
  #queue: Chunk[] = [];
  #fill: Chunk | undefined;
  /** Bytes of the sealed chunks, and of the fill chunk up to where it was last looked at. */
  #queuedBytes = 0;
  /** Index into {@linkcode CHUNK_SIZES} of the next chunk. */
  #sizeIndex = 0;
  /** Bytes of the frame that was refused last; 0 when none was since. */
  #refusedBytes = 0;
  #lacksMemory = false;
  #isOpen = true;
  #framesElsewhere = 0;

  constructor(options: SendLaneOptions) {
    super(options.onFrames);
    this.#options = options;
    this.maxPayloadBytes = options.maxPayloadBytes;
  }

  /** Bytes queued and not yet written. */
  get queuedBytes(): number {
    return this.#queuedBytes + this.#unseenBytes;
  }

  /** Frames accepted since the start. */
  get frames(): number {
    return this.sealedFrames + this.#framesElsewhere;
  }

  /**
   * Room for a frame, or `undefined` when the lane or the process has none.
   *
   * @throws {RangeError} when no frame may be that large
   */
  reserve(kind: number, payloadBytes: number): FrameWriter | undefined {
    if (this.open(kind, payloadBytes)) return this;
    this.checkSize(payloadBytes);
    if (!this.#makeRoom(HEAD_BYTES + payloadBytes)) return undefined;
    return this.open(kind, payloadBytes) ? this : undefined;
  }

  /** Refuses all frames from now on. */
  close(): void {
    this.#isOpen = false;
    this.limit = 0;
  }

  /**
   * Queues a frame whose payload, if it is large, stays where it is.
   *
   * @param release called when the payload is needed no longer: written, given up or copied
   * @returns whether there was room
   * @throws {RangeError} when no frame may be that large
   */
  queueInPlace(kind: number, payload: Uint8Array, release: () => void): boolean {
    if (payload.length < MIN_BYTES_IN_PLACE) {
      const writer = this.reserve(kind, payload.length);
      writer?.set(payload);
      writer?.commit();
      if (writer !== undefined) release();
      return writer !== undefined;
    }
    this.checkSize(payload.length);
    if (!this.#admits(HEAD_BYTES + payload.length)) return false;
    const head = new Uint8Array(HEAD_BYTES);
    new DataView(head.buffer).setUint32(0, payload.length + 1);
    head[LENGTH_BYTES] = kind;
    this.#queueSealed(head, true, () => {});
    this.#queueSealed(payload, false, release);
    this.#framesElsewhere++;
    this.#options.onFrames();
    return true;
  }

  /**
   * Queues frames that are already encoded and never change.
   *
   * @returns whether there was room
   * @throws {RangeError} when they are more than the lane ever holds
   */
  queueEncoded(encoded: Uint8Array, frames: number): boolean {
    if (encoded.length === 0) return true;
    if (encoded.length < MIN_BYTES_IN_PLACE) {
      if (!this.#hasRoom(encoded.length) && !this.#makeRoom(encoded.length)) return false;
      this.append(encoded);
    } else {
      if (!this.#admits(encoded.length)) return false;
      this.#queueSealed(encoded, false, () => {});
    }
    this.#framesElsewhere += frames;
    this.#options.onFrames();
    return true;
  }

  /** The oldest unwritten bytes that lie together, or `undefined` when nothing is queued. */
  peek(): SendPart | undefined {
    this.#see();
    const chunk = this.#queue[0];
    if (chunk === undefined || chunk.sent === chunk.end) return undefined;
    return { chunk, length: chunk.end - chunk.sent };
  }

  /**
   * Like {@linkcode peek}, but only whole frames of together at most `limitBytes`, and of those at
   * most 64 KiB: what bulk may send before a normal frame gets its turn.
   */
  peekWithin(limitBytes: number): SendPart | undefined {
    this.#see();
    const chunk = this.#queue[0];
    if (chunk === undefined || chunk.sent === chunk.end) return undefined;
    const data = new DataView(chunk.bytes.buffer, chunk.bytes.byteOffset);
    const limit = Math.min(limitBytes, MAX_BULK_FRAME_BYTES);
    let end = chunk.sent;
    while (end < chunk.end) {
      const next = end + LENGTH_BYTES + data.getUint32(end);
      if (next - chunk.sent > limit) break;
      end = next;
    }
    return end === chunk.sent ? undefined : { chunk, length: end - chunk.sent };
  }

  /** Says that `length` more bytes of the oldest chunk are written. */
  sent(length: number): void {
    this.#see();
    const chunk = this.#queue[0];
    if (chunk === undefined) return;
    chunk.sent += length;
    this.#queuedBytes -= length;
    if (chunk.sent === chunk.end) {
      this.#queue.shift();
      if (chunk === this.#fill) this.#stopFilling();
      if (this.#queue.length === 0) this.#sizeIndex = 0;
      chunk.release(true);
    }
    this.#updateRoom();
  }

  /** Whether at least half of the lane is free, and room for what was refused last. */
  get isWritable(): boolean {
    const { queuedBytes } = this;
    const { maxBytes } = this.#options;
    return !this.#lacksMemory && queuedBytes <= maxBytes / 2 &&
      queuedBytes + this.#refusedBytes <= maxBytes;
  }

  /** Whether a frame was refused for want of memory, not of room in the lane. */
  get lacksMemory(): boolean {
    return this.#lacksMemory;
  }

  /** Gives up what is queued. A write that was interrupted may still read from it. */
  clear(): void {
    const queue = this.#queue;
    this.#queue = [];
    this.#stopFilling();
    this.#queuedBytes = 0;
    for (const chunk of queue) chunk.release(false);
  }

  /** Bytes of frames that were sealed in the fill chunk since it was last looked at. */
  get #unseenBytes(): number {
    return this.#fill === undefined ? 0 : this.end - this.#fill.end;
  }

  /** Takes over the frames that were sealed in the fill chunk. */
  #see(): void {
    const fill = this.#fill;
    this.isQuiet = true;
    if (fill === undefined) return;
    this.#queuedBytes += this.end - fill.end;
    fill.end = this.end;
  }

  #hasRoom(need: number): boolean {
    return this.end + need <= this.limit;
  }

  #admits(need: number): boolean {
    const { maxBytes } = this.#options;
    if (need > maxBytes) {
      throw new RangeError(`Cannot queue ${need} bytes: the lane holds at most ${maxBytes}`);
    }
    const admitted = this.#isOpen && this.queuedBytes + need <= maxBytes;
    this.#refusedBytes = admitted ? 0 : need;
    return admitted;
  }

  /** @throws {RangeError} when no frame may have so many bytes of payload */
  checkSize(payloadBytes: number): void {
    if (payloadBytes <= this.maxPayloadBytes) return;
    throw new RangeError(
      `Cannot send ${payloadBytes} bytes in a frame: at most ${this.maxPayloadBytes} are allowed`,
    );
  }

  #makeRoom(need: number): boolean {
    if (!this.#admits(need)) return false;
    const size = CHUNK_SIZES[this.#sizeIndex] as number;
    const { budget, onMemory } = this.#options;
    const bytes = budget.take(Math.max(size, need)) ?? budget.take(need);
    if (bytes === undefined) {
      if (!this.#lacksMemory) {
        budget.onGiven(() => {
          this.#lacksMemory = false;
          onMemory();
        });
      }
      this.#lacksMemory = true;
      return false;
    }
    if (this.#sizeIndex < CHUNK_SIZES.length - 1) this.#sizeIndex++;
    this.#stopFilling();
    const release = (canReuse: boolean) => budget.give(bytes, canReuse);
    const chunk: Chunk = { bytes, sent: 0, end: 0, continues: false, release };
    this.#queue.push(chunk);
    this.#fill = chunk;
    this.moveTo(bytes);
    this.#updateRoom();
    return true;
  }

  /** The writer may go on to the end of its chunk, and to the limit of the lane. */
  #updateRoom(): void {
    const fill = this.#fill;
    this.limit = fill === undefined || !this.#isOpen
      ? 0
      : Math.min(fill.bytes.length, this.end + this.#options.maxBytes - this.queuedBytes);
  }

  #queueSealed(bytes: Uint8Array, continues: boolean, release: () => void): void {
    this.#stopFilling();
    this.#queue.push({ bytes, sent: 0, end: bytes.length, continues, release });
    this.#queuedBytes += bytes.length;
    this.#sizeIndex = 0;
  }

  /** Frames go elsewhere from now on. A chunk without any must not block the queue. */
  #stopFilling(): void {
    this.#see();
    this.limit = 0;
    this.length = -1;
    const fill = this.#fill;
    this.#fill = undefined;
    if (fill === undefined || fill.end > 0 || this.#queue.at(-1) !== fill) return;
    this.#queue.pop();
    fill.release(true);
  }
}
