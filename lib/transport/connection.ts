/**
 * An open connection: what a service sends with, and what calls its handlers.
 *
 * The contracts. Each is tested over memory and over TCP (`tests/transport/contracts`).
 *
 * 1. Order holds within a lane. Across lanes it does not: normal overtakes bulk, control both.
 * 2. `send`, `reserve` and `sendInPlace` never block and may be called from anywhere, handlers
 *    included. They answer false or `undefined` when the lane has no room or the connection is no
 *    longer open; nothing is queued then. `writable` is the wait.
 * 3. Frames of one turn leave together: the first one schedules a write for the end of the turn, and
 *    while a write is in flight the next frames collect.
 * 4. Handlers are synchronous. The view they get is valid until they return.
 * 5. A handler that throws ends its own connection and no other.
 * 6. Bulk moves under the receiver's credit; a receiver that gives none back stops bulk and nothing
 *    else.
 * 7. Any received byte is a sign of life. After three silent heartbeats the connection ends with
 *    `silent`; when the peer takes nothing for as long, with `slow-reader`.
 * 8. `close` says GOODBYE after all lanes, and the peer acknowledges when it has handled what came
 *    before. Without progress for 5 s the close ends all the same and reports the bytes that were
 *    not confirmed.
 * 9. A violation of the protocol is told to the peer with its code, then the connection ends.
 * 10. `closed` resolves once, never rejects, and when it does everything is given back.
 */
import type { Clock, Timer } from "../clock/clock.ts";
import { encodeFrame, FIRST_IGNORABLE_KIND, FIRST_SERVICE_KIND } from "./frame.ts";
import { HEAD_BYTES, Kind as TransportKind, MAX_BULK_FRAME_BYTES, PING_BYTES } from "./frame.ts";
import type { FrameBatch } from "./frame_batch.ts";
import type { FrameDecoder } from "./frame_decoder.ts";
import { type FrameView, hexKind } from "./frame_view.ts";
import type { FrameWriter } from "./frame_writer.ts";
import {
  decodeError,
  decodeGoodbye,
  encodeError,
  encodeGoodbye,
  type Goodbye,
} from "./handshake_messages.ts";
import { Heartbeat } from "./heartbeat.ts";
import { LineError, LineErrorCode } from "./line_error.ts";
import { LINGER_MS } from "./linger.ts";
import type { MemoryBudget } from "./memory_budget.ts";
import { type Address, type ByteStream, formatAddress } from "./network.ts";
import { RateLimit } from "./rate_limit.ts";
import { buildRoutes, type BulkReceiver, type Handlers, type Route } from "./routes.ts";
import { Sender } from "./sender.ts";
import type { SendLane } from "./send_lane.ts";
import type { Kind, Kinds, Lane, Service } from "./service.ts";

/** How long a close waits without progress, in milliseconds. */
export const GOODBYE_TIMEOUT_MS = 5000;

/** How a connection ended. */
export interface CloseReport {
  /** `done` after a goodbye, or the goodbye's own code, or what went wrong. */
  readonly code: LineErrorCode | string;
  readonly message: string;
  /** Which side ended it; `network` when neither did. */
  readonly by: "here" | "peer" | "network";
  /** Whether a GOODBYE was acknowledged. */
  readonly confirmed: boolean;
  /** Bytes that were accepted for sending and that the peer did not confirm. */
  readonly unconfirmedBytes: number;
  /** When the peer would like us back, from its goodbye. */
  readonly retryAfterMs?: number | undefined;
}

/** Counters of a connection since its start. */
export interface ConnectionStats {
  readonly framesReceived: number;
  readonly bytesReceived: number;
  readonly framesSent: number;
  readonly bytesSent: number;
  readonly bytesQueued: number;
  readonly writes: number;
  /** Frames that found a full lane whose policy is `drop`. */
  readonly dropped: number;
}

/** What the handshake settled. */
export interface ConnectionTerms {
  /** Id of the client's end. */
  readonly clientId: string;
  /** Name of the token that opened the door; empty without one. */
  readonly tokenName: string;
  readonly session: string;
  readonly resumed: boolean;
  /** Highest sequence of the session that the server had applied. */
  readonly highestSequence: bigint;
  readonly heartbeatMs: number;
  readonly maxFrameBytes: number;
  readonly bulkCreditBytes: number;
}

/** Parts that a connection is made of. */
export interface ConnectionParts<K extends Kinds> {
  readonly stream: ByteStream;
  readonly decoder: FrameDecoder;
  readonly service: Service<K>;
  readonly terms: ConnectionTerms;
  readonly clock: Clock;
  readonly budget: MemoryBudget;
}

/** A pending PING. */
interface PendingPing {
  readonly id: bigint;
  readonly sentNs: number;
  readonly confirmsBytes: number;
  readonly answers: ((roundTripNs: number | undefined) => void)[];
}

/** An open connection. */
export class Connection<K extends Kinds = Kinds> implements AsyncDisposable {
  /** The other end. */
  readonly peer: Address;
  readonly terms: ConnectionTerms;
  /** Resolves when the connection is over and everything is given back. */
  readonly closed: Promise<CloseReport>;
  /** Called when the peer says goodbye; the last moment at which frames can be sent. */
  onGoodbye: ((goodbye: Goodbye) => void) | undefined;
  readonly #parts: ConnectionParts<K>;
  readonly #sender: Sender;
  readonly #normalLane: SendLane;
  readonly #bulkLane: SendLane;
  readonly #heartbeat = new Heartbeat();
  readonly #rate: RateLimit;
  readonly #resolveClosed: (report: CloseReport) => void;
  readonly #timers = new Map<"heartbeat" | "goodbye" | "linger", Timer>();
  #routes: (Route | undefined)[] = [];
  #isOpen = true;
  /** Set when nothing that arrives matters any more. */
  #discards = false;
  #report: Omit<CloseReport, "unconfirmedBytes" | "confirmed"> | undefined;
  #saidGoodbye: Goodbye | undefined;
  #confirmed = false;
  #answeredGoodbye = false;
  #peerGoodbye: Goodbye | undefined;
  #confirmedBytes = 0;
  #receivedBytes = 0;
  #framesReceived = 0;
  #dropped = 0;
  #ping: PendingPing | undefined;
  #pings = 0n;
  #roundTripNs: number | undefined;
  /** Bulk bytes that the peer may still send, and those that are due to be granted. */
  #bulkAllowedBytes: number;
  #bulkReleasedBytes = 0;

  constructor(parts: ConnectionParts<K>) {
    this.#parts = parts;
    this.peer = parts.stream.peer;
    this.terms = parts.terms;
    this.#bulkAllowedBytes = parts.terms.bulkCreditBytes;
    const { promise, resolve } = Promise.withResolvers<CloseReport>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    this.#rate = new RateLimit(parts.service.maxFramesPerSecond, parts.clock.monotonicNs());
    this.#sender = new Sender({
      stream: parts.stream,
      lanes: parts.service.lanes,
      budget: parts.budget,
      maxFrameBytes: parts.terms.maxFrameBytes,
      bulkCreditBytes: parts.terms.bulkCreditBytes,
      onFailure: (cause) => this.#onWriteFailure(cause),
    });
    this.#normalLane = this.#sender.lane("normal");
    this.#bulkLane = this.#sender.lane("bulk");
  }

  /** Starts receiving. For `dial` and `listen`, once. */
  start(handlers: Handlers<K>): void {
    this.#parts.decoder.maxFrameBytes = this.terms.maxFrameBytes;
    const bulk: BulkReceiver = {
      receive: (bytes) => this.#receiveBulk(bytes),
      release: (bytes) => this.releaseBulk(bytes),
    };
    this.#routes = buildRoutes(this.#parts.service, handlers, bulk);
    this.#armHeartbeat();
    this.#run();
  }

  /** Whether frames can be sent. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Newest round trip of a PING, in nanoseconds. */
  get roundTripNs(): number | undefined {
    return this.#roundTripNs;
  }

  /** Counters since the start. */
  get stats(): ConnectionStats {
    return {
      framesReceived: this.#framesReceived,
      bytesReceived: this.#receivedBytes,
      framesSent: this.#sender.frames,
      bytesSent: this.#sender.writtenBytes,
      bytesQueued: this.#sender.queuedBytes,
      writes: this.#sender.writes,
      dropped: this.#dropped,
    };
  }

  /**
   * Room for a frame with `payloadBytes` of payload, to be filled in place and committed in this
   * turn; `undefined` when the lane is full or the connection is not open.
   *
   * @throws {RangeError} when no frame may be that large
   */
  reserve(kind: Kind<unknown, never>, payloadBytes: number): FrameWriter | undefined {
    const lane = kind.lane === "bulk" ? this.#bulkLane : this.#normalLane;
    const writer = lane.reserve(kind.code, payloadBytes);
    if (writer === undefined && this.#isOpen) this.#onFull(kind.lane);
    return writer;
  }

  /**
   * Sends `value` as a frame of `kind`.
   *
   * @returns false when the lane is full or the connection is not open: nothing is sent then
   * @throws {RangeError} when no frame may be that large
   */
  send<Sent>(kind: Kind<unknown, Sent>, value: Sent): boolean {
    const payload = kind.encode(value);
    const writer = this.reserve(kind as Kind<unknown, never>, payload.length);
    if (writer === undefined) return false;
    writer.set(payload);
    writer.commit();
    return true;
  }

  /**
   * Sends a large payload on the normal lane from where it lies. It must not change until the
   * promise resolves, which it does when the bytes are needed no longer, sent or not. Pays from
   * about 128 KiB on; below that, `send` is as fast.
   *
   * @returns `undefined` when the lane is full or the connection is not open
   * @throws {RangeError} when no frame may be that large, or `kind` is not on the normal lane
   */
  sendInPlace(kind: Kind<unknown, Uint8Array>, payload: Uint8Array): Promise<void> | undefined {
    if (kind.lane !== "normal") throw new RangeError("Cannot send bulk in place: at most 64 KiB");
    if (!this.#isOpen) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#sender.lane(kind.lane).queueInPlace(kind.code, payload, resolve)) return promise;
    this.#onFull(kind.lane);
    return undefined;
  }

  /**
   * Sends frames that were encoded once for many connections.
   *
   * @returns false when the lane is full or the connection is not open: nothing is sent then
   */
  sendBatch(batch: FrameBatch): boolean {
    if (!this.#isOpen) return false;
    if (this.#sender.lane(batch.lane).queueEncoded(batch.bytes(), batch.frames)) return true;
    this.#onFull(batch.lane);
    return false;
  }

  /** Waits until `lane` has room. @returns false when the connection is no longer open */
  async writable(lane: Lane = "normal"): Promise<boolean> {
    if (this.#isOpen) await this.#sender.writable(lane);
    return this.#isOpen;
  }

  /** Starts writing now; without it, what was sent leaves at the end of the turn. */
  flush(): void {
    this.#sender.flush();
  }

  /**
   * Gives credit back for bulk frames of a kind whose credit is the service's.
   *
   * @param frameBytes bytes of the frames on the wire: payload and five
   */
  releaseBulk(frameBytes: number): void {
    this.#bulkReleasedBytes += frameBytes;
    if (this.#bulkReleasedBytes < this.terms.bulkCreditBytes / 4 || this.#discards) return;
    this.#bulkAllowedBytes += this.#bulkReleasedBytes;
    this.#sender.grant(this.#bulkReleasedBytes);
    this.#bulkReleasedBytes = 0;
  }

  /** Measures a round trip. @returns nanoseconds, or `undefined` when the connection ends first */
  ping(): Promise<number | undefined> {
    return new Promise((resolve) => {
      if (!this.#isOpen) return resolve(undefined);
      this.#sendPing().answers.push(resolve);
    });
  }

  /** Says goodbye, after all that was sent, and waits until the peer has confirmed it. */
  close(goodbye: Goodbye = { code: "done", message: "" }): Promise<CloseReport> {
    if (this.#isOpen) {
      this.#isOpen = false;
      this.#saidGoodbye = goodbye;
      this.#sender.queueLast(encodeGoodbye(goodbye));
      this.#awaitProgress(-1);
    }
    return this.closed;
  }

  /** Ends the connection at once; the peer is told `code` and `message` if it still listens. */
  abort(code: LineErrorCode, message: string): Promise<CloseReport> {
    this.#fail(new LineError(code, message));
    return this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close().then(() => {});
  }

  /** The read loop: the whole life of the connection. */
  async #run(): Promise<void> {
    const { stream, decoder } = this.#parts;
    try {
      for (;;) {
        const space = this.#handleFrames();
        const n = await stream.read(space);
        if (n === null) break;
        this.#receivedBytes += n;
        if (!this.#discards) decoder.filled(n);
      }
      const cut = decoder.pendingBytes > 0 ? ", inside a frame" : "";
      this.#end(LineErrorCode.Lost, `The peer hung up without a goodbye${cut}`, "network");
    } catch (cause) {
      this.#end(LineErrorCode.Lost, `The connection broke: ${messageOf(cause)}`, "network");
    } finally {
      await this.#giveBack();
    }
  }

  /** Handles all whole frames; then says where the next bytes go. Never throws. */
  #handleFrames(): Uint8Array {
    const { decoder } = this.#parts;
    if (!this.#discards) {
      try {
        this.#dispatch(decoder);
        this.#sender.flush();
        if (!this.#discards) return decoder.space();
      } catch (cause) {
        this.#fail(
          cause instanceof LineError
            ? cause
            : new LineError(LineErrorCode.Internal, "A handler failed", { cause }),
        );
      }
    }
    return new Uint8Array(4096);
  }

  #dispatch(decoder: FrameDecoder): void {
    const routes = this.#routes;
    let frames = 0;
    let view: FrameView | undefined;
    while (!this.#discards && (view = decoder.next()) !== undefined) {
      frames++;
      const route = routes[view.kind - FIRST_SERVICE_KIND];
      if (route !== undefined) route(view);
      else this.#handleOther(view);
    }
    this.#framesReceived += frames;
    if (this.#rate.perSecond === Infinity || frames === 0) return;
    if (!this.#rate.take(frames, this.#parts.clock.monotonicNs())) {
      throw new LineError(
        LineErrorCode.TooFast,
        `Cannot take more than ${this.#rate.perSecond} frames per second`,
      );
    }
  }

  /** Handles the transport's own frames, and those that nobody registered. */
  #handleOther(view: FrameView): void {
    switch (view.kind) {
      case TransportKind.Ping:
        return this.#sender.pong(pingPayload(view));
      case TransportKind.Pong:
        return this.#onPong(pingPayload(view));
      case TransportKind.Credit:
        return this.#sender.credited(view.getUint32(0));
      case TransportKind.Goodbye:
        return this.#onGoodbye(decodeGoodbye(view));
      case TransportKind.GoodbyeAck:
        return this.#onGoodbyeAck();
      case TransportKind.Error: {
        const { code, message } = decodeError(view);
        return this.#finish(code, message, "peer");
      }
    }
    if (view.kind >= FIRST_IGNORABLE_KIND) return;
    throw new LineError(
      view.kind < FIRST_SERVICE_KIND && view.kind > 0
        ? LineErrorCode.UnexpectedKind
        : LineErrorCode.UnknownKind,
      `Cannot take a frame of kind ${hexKind(view.kind)} here`,
    );
  }

  #onPong(payload: Uint8Array): void {
    const ping = this.#ping;
    if (ping === undefined || new DataView(payload.buffer).getBigUint64(0) !== ping.id) return;
    this.#ping = undefined;
    this.#roundTripNs = this.#parts.clock.monotonicNs() - ping.sentNs;
    this.#confirmedBytes = Math.max(this.#confirmedBytes, ping.confirmsBytes);
    for (const answer of ping.answers) answer(this.#roundTripNs);
  }

  #onGoodbye(goodbye: Goodbye): void {
    if (this.#peerGoodbye !== undefined) return;
    this.#peerGoodbye = goodbye;
    this.onGoodbye?.(goodbye);
    this.#isOpen = false;
    this.#sender.queueLast(encodeFrame(TransportKind.GoodbyeAck, new Uint8Array(0)), () => {
      this.#answeredGoodbye = true;
      this.#finishWhenBothLeft();
    });
    this.#awaitProgress(-1);
  }

  #onGoodbyeAck(): void {
    if (this.#saidGoodbye === undefined) {
      throw new LineError(LineErrorCode.UnexpectedKind, "Cannot take GOODBYE_ACK: none is due");
    }
    this.#confirmed = true;
    this.#confirmedBytes = this.#sender.acceptedBytes;
    this.#finishWhenBothLeft();
  }

  /** After a goodbye each way is acknowledged; one that crossed ours needs both. */
  #finishWhenBothLeft(): void {
    const ours = this.#saidGoodbye;
    const theirs = this.#peerGoodbye;
    if (ours !== undefined && !this.#confirmed) return;
    if (theirs !== undefined && !this.#answeredGoodbye) return;
    const last = ours ?? theirs;
    this.#finish(last?.code ?? "done", last?.message ?? "", ours === undefined ? "peer" : "here");
  }

  /** Gives up when 5 s pass in which the peer took nothing. */
  #awaitProgress(writtenBytes: number): void {
    this.#arm("goodbye", GOODBYE_TIMEOUT_MS, () => {
      const now = this.#sender.writtenBytes;
      if (now !== writtenBytes && this.#sender.queuedBytes > 0) return this.#awaitProgress(now);
      const last = this.#saidGoodbye ?? this.#peerGoodbye;
      this.#end(last?.code ?? "done", last?.message ?? "", "here");
      this.#parts.stream.close();
    });
  }

  #armHeartbeat(): void {
    this.#arm("heartbeat", this.terms.heartbeatMs, () => {
      const { writtenBytes, isWriting } = this.#sender;
      switch (this.#heartbeat.tick(this.#receivedBytes, writtenBytes, isWriting)) {
        case "silent":
          return this.#fail(
            new LineError(LineErrorCode.Silent, "Nothing was heard for three heartbeats"),
          );
        case "stalled":
          return this.#fail(
            new LineError(LineErrorCode.SlowReader, "Nothing was taken for three heartbeats"),
          );
        case "ping":
          this.#sendPing();
      }
      this.#armHeartbeat();
    });
  }

  #sendPing(): PendingPing {
    const payload = new Uint8Array(PING_BYTES);
    const ping: PendingPing = {
      id: ++this.#pings,
      sentNs: this.#parts.clock.monotonicNs(),
      confirmsBytes: this.#sender.writtenBytes,
      answers: this.#ping?.answers ?? [],
    };
    new DataView(payload.buffer).setBigUint64(0, ping.id);
    this.#ping = ping;
    this.#sender.ping(payload);
    return ping;
  }

  #receiveBulk(frameBytes: number): void {
    this.#bulkAllowedBytes -= frameBytes;
    if (this.#bulkAllowedBytes >= 0) return;
    throw new LineError(
      LineErrorCode.CreditExceeded,
      `Cannot take ${frameBytes} bytes of bulk: ${-this.#bulkAllowedBytes} beyond the credit`,
    );
  }

  #onFull(lane: Lane): void {
    const { whenFull, maxBytes } = this.#parts.service.lanes[lane];
    if (whenFull === "drop") this.#dropped++;
    else if (whenFull === "cut") {
      this.#fail(
        new LineError(
          LineErrorCode.SlowReader,
          `${this.#sender.lane(lane).queuedBytes} of ${maxBytes} bytes wait to be read`,
        ),
      );
    }
  }

  /** A write failed: the reason may still wait to be read, so reading goes on for a moment. */
  #onWriteFailure(_cause: unknown): void {
    this.#isOpen = false;
    this.#arm("linger", LINGER_MS, () => this.#parts.stream.close());
  }

  /** Tells the peer what it did wrong, and ends the connection. */
  #fail(error: LineError): void {
    this.#finish(error.code, error.message, "here", encodeError(error));
  }

  /** Ends the connection from this side: what is written can still be read by the peer. */
  #finish(
    code: LineErrorCode | string,
    message: string,
    by: CloseReport["by"],
    lastFrame?: Uint8Array,
  ): void {
    if (this.#discards) return;
    this.#end(code, message, by);
    this.#arm("linger", LINGER_MS, () => this.#parts.stream.close());
    this.#sender.stop(lastFrame).then(() => this.#parts.stream.closeWrite()).catch(() => {});
  }

  /** Settles the report; the first reason counts. */
  #end(code: LineErrorCode | string, message: string, by: CloseReport["by"]): void {
    this.#isOpen = false;
    this.#discards = true;
    this.#report ??= { code, message, by, retryAfterMs: this.#peerGoodbye?.retryAfterMs };
  }

  async #giveBack(): Promise<void> {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#parts.stream.close();
    await this.#sender.stop();
    this.#parts.decoder.release();
    for (const answer of this.#ping?.answers ?? []) answer(undefined);
    const report = this.#report ?? { code: LineErrorCode.Lost, message: "", by: "network" };
    this.#resolveClosed({
      ...report,
      confirmed: this.#confirmed,
      unconfirmedBytes: this.#sender.acceptedBytes - this.#confirmedBytes,
    });
  }

  #arm(name: "heartbeat" | "goodbye" | "linger", delayMs: number, run: () => void): void {
    this.#timers.get(name)?.cancel();
    this.#timers.set(name, this.#parts.clock.after(delayMs, run));
  }

  /** `127.0.0.1:7777`. */
  toString(): string {
    return formatAddress(this.peer);
  }
}

function pingPayload(view: FrameView): Uint8Array {
  if (view.length === PING_BYTES) return view.copy();
  throw new LineError(
    LineErrorCode.BadMessage,
    `Cannot take kind ${hexKind(view.kind)}: ${view.length} bytes, wanted ${PING_BYTES}`,
  );
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
