/**
 * Cuts a stream of bytes into frames, in place. Pure: it is told how many bytes were read into the
 * space it offers, and answers with views.
 *
 * The decoder owns a slab. `space()` offers its free end, `filled(n)` says how much of that holds
 * new bytes, and `next()` gives the frames one after the other:
 *
 * ```text
 *            at                end            capacity
 *  +---------+--------+-----+--+--------------+
 *  | handled | frame  |frame|fr|    space()   |
 *  +---------+--------+-----+--+--------------+
 * ```
 *
 * It has two states. *Head*: fewer than four bytes from `at`. *Body*: the length is known and
 * checked, the rest is awaited. A frame that would not fit before the end of the slab is moved to
 * its start, once. At rest the slab has 8 KiB; a read that fills it asks for 64 KiB; when a larger
 * frame has filled it, the slab grows fourfold until the frame fits. All but the small slab are
 * admitted against the budget.
 */
import { HEAD_BYTES, LENGTH_BYTES } from "./frame.ts";
import { FrameView } from "./frame_view.ts";
import { LineError, LineErrorCode } from "./line_error.ts";
import type { MemoryBudget } from "./memory_budget.ts";

/** Slab of a connection at rest. */
export const REST_SLAB_BYTES = 8 * 1024;
/** Slab of a connection under traffic. */
export const BUSY_SLAB_BYTES = 64 * 1024;

/** Largest slab that a busy connection keeps between frames. */
const MAX_KEPT_SLAB_BYTES = 256 * 1024;

// Local: see `frame_writer.ts`.
const LENGTH_SIZE = LENGTH_BYTES;

/** How many times larger the slab becomes when a frame has filled it. */
const SLAB_GROWTH = 4;

/** Part of the budget that receivers may use: senders find memory whatever peers send. */
const RECEIVERS_PART = 0.75;

/** Leftovers up to this size are moved at once, so that the next read has room. */
const CHEAP_MOVE_BYTES = 1024;

/** Cuts a stream of bytes into frames, in place. */
export class FrameDecoder {
  /** Largest N that is accepted; changed when the handshake is over. */
  maxFrameBytes: number;
  readonly #budget: MemoryBudget;
  readonly #view: FrameView;
  readonly #restSlab = new Uint8Array(REST_SLAB_BYTES);
  #slab: Uint8Array<ArrayBuffer> = this.#restSlab;
  #data = new DataView(this.#slab.buffer);
  #at = 0;
  #end = 0;
  #lastReadBytes = 0;
  #lastSpaceBytes = REST_SLAB_BYTES;

  /** A decoder that has seen nothing, with the small slab. */
  constructor(options: { readonly maxFrameBytes: number; readonly budget: MemoryBudget }) {
    this.maxFrameBytes = options.maxFrameBytes;
    this.#budget = options.budget;
    this.#view = new FrameView(this.#slab);
  }

  /** Bytes received and not yet handed out: not 0 at the end of the stream means a cut frame. */
  get pendingBytes(): number {
    return this.#end - this.#at;
  }

  /** Bytes of the slab. */
  get capacityBytes(): number {
    return this.#slab.length;
  }

  /** Bytes of the budget that a frame holds which began and is not whole. */
  get heldBytes(): number {
    return this.pendingBytes === 0 || this.#slab === this.#restSlab ? 0 : this.#slab.length;
  }

  /**
   * The next whole frame, valid until the next call, or `undefined` until more bytes are read.
   *
   * @throws {LineError} `frame-empty` or `frame-too-large`, as soon as the length is known
   */
  next(): FrameView | undefined {
    const at = this.#at;
    const available = this.#end - at;
    if (available < LENGTH_SIZE) return undefined;
    const n = this.#data.getUint32(at);
    if (n === 0 || n > this.maxFrameBytes) this.#refuse(n);
    if (available < LENGTH_SIZE + n) return undefined;
    this.#at = at + LENGTH_SIZE + n;
    const view = this.#view;
    view.moveTo(at, n);
    return view;
  }

  /**
   * Memory for the next bytes, never empty. Call it only when `next()` gave `undefined`.
   *
   * @throws {LineError} `overloaded` when the budget has no room for the frame that began
   */
  space(): Uint8Array<ArrayBuffer> {
    const left = this.#end - this.#at;
    const wanted = this.#wantedBytes(left);
    this.#resize(wanted, left);
    if (left === 0) this.#at = this.#end = 0;
    else if (this.#at > 0 && (left <= CHEAP_MOVE_BYTES || this.#at + wanted > this.#slab.length)) {
      this.#slab.copyWithin(0, this.#at, this.#end);
      this.#at = 0;
      this.#end = left;
    }
    const space = this.#slab.subarray(this.#end);
    this.#lastSpaceBytes = space.length;
    return space;
  }

  /** Says that the first `n` bytes of the last `space()` hold what was read. */
  filled(n: number): void {
    this.#end += n;
    this.#lastReadBytes = n;
  }

  /**
   * Gives the slab back. The decoder must not be used any more.
   *
   * @param canReuse false when a read may still write into it
   */
  release(canReuse = true): void {
    this.#setSlab(this.#restSlab, canReuse);
    this.#at = this.#end = 0;
  }

  /** Bytes of the frame that began, at least a head. */
  #wantedBytes(left: number): number {
    return left < LENGTH_BYTES ? HEAD_BYTES : LENGTH_BYTES + this.#data.getUint32(this.#at);
  }

  #resize(wanted: number, left: number): void {
    const size = this.#slabBytesFor(wanted, left);
    if (size === this.#slab.length) return;
    if (size === REST_SLAB_BYTES) return this.#swap(this.#restSlab, left);
    const larger = this.#budget.take(size, this.#budget.limitBytes * RECEIVERS_PART);
    if (larger !== undefined) return this.#swap(larger, left);
    if (left < this.#slab.length) return; // busy, but no memory: go on with the small slab
    throw new LineError(
      LineErrorCode.Overloaded,
      `Cannot receive a frame of ${wanted} bytes: ` +
        `${this.#budget.usedBytes} of ${this.#budget.limitBytes} bytes of buffers are in use`,
    );
  }

  /**
   * Larger when a frame has filled the slab and goes on, or under traffic; smaller after a small
   * read (a PING is enough). It grows with what has arrived, not with what was announced: four bytes
   * that promise 64 MiB cost nothing.
   */
  #slabBytesFor(wanted: number, left: number): number {
    const now = this.#slab.length;
    const read = this.#lastReadBytes;
    if (wanted > now && left === now) {
      return Math.min(wanted, Math.max(BUSY_SLAB_BYTES, now * SLAB_GROWTH));
    }
    if (read === this.#lastSpaceBytes && now <= MAX_KEPT_SLAB_BYTES) {
      return Math.max(now, BUSY_SLAB_BYTES);
    }
    if (read < REST_SLAB_BYTES / 2 && wanted <= REST_SLAB_BYTES) return REST_SLAB_BYTES;
    // A very large slab is for its frame only; a large one stays while reads are large.
    const isTooLarge = now > MAX_KEPT_SLAB_BYTES || read < BUSY_SLAB_BYTES / 2;
    return isTooLarge && wanted <= BUSY_SLAB_BYTES ? Math.min(now, BUSY_SLAB_BYTES) : now;
  }

  #swap(slab: Uint8Array<ArrayBuffer>, left: number): void {
    slab.set(this.#slab.subarray(this.#at, this.#end));
    this.#setSlab(slab);
    this.#at = 0;
    this.#end = left;
  }

  #setSlab(slab: Uint8Array<ArrayBuffer>, canReuse = true): void {
    if (this.#slab !== this.#restSlab) this.#budget.give(this.#slab, canReuse);
    this.#slab = slab;
    this.#data = new DataView(slab.buffer);
    this.#view.rebase(slab);
  }

  #refuse(n: number): never {
    if (n === 0) {
      throw new LineError(LineErrorCode.FrameEmpty, "Cannot read a frame of length 0: no kind");
    }
    throw new LineError(
      LineErrorCode.FrameTooLarge,
      `Cannot read a frame of ${n} bytes: at most ${this.maxFrameBytes} are allowed` +
        foreignProtocolHint(n),
    );
  }
}

/** Names the protocol that the first four bytes belong to, when they are a well-known mistake. */
function foreignProtocolHint(n: number): string {
  const text = String.fromCharCode(n >>> 24, n >>> 16 & 255, n >>> 8 & 255, n & 255);
  if (/^(GET |POST|PUT |HEAD|HTTP|OPTI|CONN|PRI )/.test(text)) return " (this looks like HTTP)";
  if (text.startsWith("\x16\x03")) return " (this looks like TLS)";
  if (text.startsWith("SSH-")) return " (this looks like SSH)";
  return "";
}
