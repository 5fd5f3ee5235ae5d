/**
 * The one writer of a connection. Frames of all lanes go through it; while a write is in flight the
 * next ones collect, so many frames leave in few writes.
 *
 * Which bytes go next: the rest of a frame that began; PING, PONG and CREDIT; the normal lane; whole
 * bulk frames within the peer's credit, at most 64 KiB in one write; and when all lanes are empty,
 * the last frames (GOODBYE and its acknowledgement).
 */
// @ts-types="../types/std_concat.d.ts"
import { concat } from "@std/bytes/concat";
import type { SendPart } from "./chunk.ts";
import { encodeFrame, HEAD_BYTES, Kind, MAX_BULK_FRAME_BYTES } from "./frame.ts";
import type { MemoryBudget } from "./memory_budget.ts";
import type { ByteStream } from "./network.ts";
import { SendLane } from "./send_lane.ts";
import type { Lane, LaneOptions, Service } from "./service.ts";
import { writeAll } from "./write_all.ts";

/** Options of a {@linkcode Sender}. */
export interface SenderOptions {
  readonly stream: ByteStream;
  readonly lanes: Service["lanes"];
  readonly budget: MemoryBudget;
  /** Largest N. */
  readonly maxFrameBytes: number;
  /** Credit for bulk frames at the start, in bytes. */
  readonly bulkCreditBytes: number;
  /** Told once when the stream cannot be written any more. */
  readonly onFailure: (cause: unknown) => void;
}

interface LanePart extends SendPart {
  readonly lane: SendLane;
}

interface Waiter {
  readonly lane: SendLane;
  readonly mostQueuedBytes: number;
  readonly resolve: () => void;
}

/** The one writer of a connection. */
export class Sender {
  /** Writes to the stream since the start. */
  writes = 0;
  /** Bytes of the lanes that are written. */
  writtenBytes = 0;
  readonly #options: SenderOptions;
  readonly #lanes: Record<Lane, SendLane>;
  readonly #waiting: Waiter[] = [];
  /** Frames that follow all lanes. */
  readonly #last: { frame: Uint8Array; onWritten: () => void; onBegun: () => void }[] = [];
  /** Payloads of control frames that are due; at most one of each. */
  #ping: Uint8Array | undefined;
  #pong: Uint8Array | undefined;
  #grantBytes = 0;
  #creditBytes: number;
  #midFrame: SendLane | undefined;
  #scheduled = false;
  #running = false;
  #pump: Promise<void> | undefined;
  #stopping = false;
  #finalFrame: Uint8Array | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#creditBytes = options.bulkCreditBytes;
    const { lanes, budget } = options;
    const lane = ({ maxBytes }: LaneOptions, maxPayloadBytes: number) =>
      new SendLane({
        maxBytes,
        maxPayloadBytes,
        budget,
        onFrames: () => this.#schedule(),
        onMemory: () => this.#wake(),
      });
    const most = options.maxFrameBytes - 1;
    this.#lanes = {
      normal: lane(lanes.normal, most),
      bulk: lane(lanes.bulk, Math.min(most, MAX_BULK_FRAME_BYTES - HEAD_BYTES)),
    };
  }

  /** Bytes that were accepted since the start. */
  get acceptedBytes(): number {
    return this.writtenBytes + this.queuedBytes;
  }

  /** Bytes that wait in the lanes. */
  get queuedBytes(): number {
    return this.#lanes.normal.queuedBytes + this.#lanes.bulk.queuedBytes;
  }

  /** Frames that were accepted since the start. */
  get frames(): number {
    return this.#lanes.normal.frames + this.#lanes.bulk.frames;
  }

  /** Whether a write is in flight. */
  get isWriting(): boolean {
    return this.#running;
  }

  /** The queue of `lane`. */
  lane(lane: Lane): SendLane {
    return this.#lanes[lane];
  }

  /** Resolves when `lane` is at most half full, with no more bytes than that, or the sender has stopped. */
  writable(lane: Lane, mostQueuedBytes: number): Promise<void> {
    const queue = this.#lanes[lane];
    return new Promise((resolve) => {
      this.#waiting.push({ lane: queue, mostQueuedBytes, resolve });
      this.#wake();
    });
  }

  /** Sends PING; its payload replaces that of one that has not left yet. */
  ping(payload: Uint8Array): void {
    this.#ping = payload;
    this.#schedule();
  }

  /** Sends PONG; at most one is pending, with the newest payload. */
  pong(payload: Uint8Array): void {
    this.#pong = payload;
    this.#schedule();
  }

  /** Grants the peer `bytes` more of bulk. */
  grant(bytes: number): void {
    this.#grantBytes += bytes;
    this.#schedule();
  }

  /** Takes the peer's grant of `bytes` more of bulk. */
  credited(bytes: number): void {
    this.#creditBytes += bytes;
    this.#schedule();
  }

  /**
   * Queues a frame that leaves when all lanes are empty.
   *
   * @param onWritten told when it is out; over TLS, the peer may have answered by then
   * @param onBegun told when it begins to leave
   */
  queueLast(frame: Uint8Array, onWritten = () => {}, onBegun = () => {}): void {
    this.#last.push({ frame, onWritten, onBegun });
    this.#schedule();
  }

  /** Refuses frames from now on; what was accepted is still written. */
  close(): void {
    this.#lanes.normal.close();
    this.#lanes.bulk.close();
  }

  /** Starts writing now rather than at the end of the turn. */
  flush(): void {
    if (this.#scheduled) this.#start();
  }

  /** Resolves when nothing can be written any more: all is out, or bulk waits for credit. */
  async idle(): Promise<void> {
    this.flush();
    while (this.#running) await this.#pump;
  }

  /**
   * Gives up what is queued, sends `finalFrame` after the frame that is being written, and stops.
   * When the peer does not read, closing the stream makes this resolve.
   */
  async stop(finalFrame?: Uint8Array): Promise<void> {
    if (!this.#stopping) {
      this.#stopping = true;
      this.close();
      this.#finalFrame = finalFrame;
      this.#scheduled = true;
    }
    await this.idle();
    this.#lanes.normal.clear();
    this.#lanes.bulk.clear();
    this.#wake();
  }

  #schedule(): void {
    if (this.#scheduled || this.#running) return;
    this.#scheduled = true;
    queueMicrotask(() => this.flush());
  }

  #start(): void {
    this.#scheduled = false;
    if (this.#running) return;
    this.#running = true;
    this.#pump = this.#writeAll().catch((cause) => {
      this.#running = false;
      this.#stopping = true;
      this.#finalFrame = undefined;
      this.close();
      this.#wake();
      this.#options.onFailure(cause);
    });
  }

  /**
   * Writes until nothing may be written. Finds that out and clears `#running` in one turn, without
   * an `await` between, so that no frame is left behind.
   */
  async #writeAll(): Promise<void> {
    for (;;) {
      if (this.#stopping) {
        const frame = this.#finalFrame;
        if (frame === undefined) break;
        const rest = this.#midFrame === undefined ? undefined : this.#nextPart();
        if (rest !== undefined) {
          await this.#writePart(rest);
          continue;
        }
        this.#finalFrame = undefined;
        await this.#write(frame);
        continue;
      }
      if (this.#midFrame === undefined && this.#hasControl()) {
        await this.#write(this.#takeControl());
        continue;
      }
      const part = this.#nextPart();
      if (part !== undefined) {
        await this.#writePart(part);
        continue;
      }
      const last = this.queuedBytes === 0 ? this.#last.shift() : undefined;
      if (last === undefined) break;
      last.onBegun();
      await this.#write(last.frame);
      last.onWritten();
    }
    this.#running = false;
  }

  #nextPart(): LanePart | undefined {
    const lane = this.#midFrame ?? this.#lanes.normal;
    const part = lane.peek();
    if (part !== undefined) return { lane, ...part };
    const bulk = this.#lanes.bulk;
    const bulkPart = bulk.peekWithin(this.#creditBytes);
    if (bulkPart === undefined) return undefined;
    this.#creditBytes -= bulkPart.length;
    return { lane: bulk, ...bulkPart };
  }

  async #writePart({ lane, chunk, length }: LanePart): Promise<void> {
    const end = chunk.sent + length;
    while (chunk.sent < end) {
      const written = await this.#options.stream.write(chunk.bytes.subarray(chunk.sent, end));
      this.writes++;
      this.writtenBytes += written;
      lane.sent(written);
      this.#wake();
    }
    this.#midFrame = chunk.continues ? lane : undefined;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.writes += await writeAll(this.#options.stream, bytes);
  }

  #hasControl(): boolean {
    return this.#ping !== undefined || this.#pong !== undefined || this.#grantBytes > 0;
  }

  #takeControl(): Uint8Array {
    const frames: Uint8Array[] = [];
    if (this.#pong !== undefined) frames.push(encodeFrame(Kind.Pong, this.#pong));
    if (this.#ping !== undefined) frames.push(encodeFrame(Kind.Ping, this.#ping));
    if (this.#grantBytes > 0) {
      const payload = new Uint8Array(4);
      new DataView(payload.buffer).setUint32(0, this.#grantBytes);
      frames.push(encodeFrame(Kind.Credit, payload));
    }
    this.#ping = this.#pong = undefined;
    this.#grantBytes = 0;
    return concat(frames);
  }

  #wake(): void {
    for (let i = 0; i < this.#waiting.length;) {
      const waiter = this.#waiting[i] as Waiter;
      const { lane: { isWritable, queuedBytes }, mostQueuedBytes } = waiter;
      if (!this.#stopping && !(isWritable && queuedBytes <= mostQueuedBytes)) {
        i++;
        continue;
      }
      this.#waiting.splice(i, 1);
      waiter.resolve();
    }
  }
}
