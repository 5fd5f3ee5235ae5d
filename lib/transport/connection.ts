/**
 * An open connection: what a service sends with, and what calls its handlers.
 *
 * The contracts. Each is tested over memory and over TCP (`tests/transport/contracts_*.ts`).
 *
 * 1. Order holds within a lane. Across lanes it does not: normal overtakes bulk, control both.
 * 2. `send`, `reserve`, `sendInPlace` and `sendBatch` never block and may be called from anywhere,
 *    handlers included. They answer false or `undefined` when the lane has no room or the connection
 *    is not open; nothing is queued then. `writable` is the wait.
 * 3. Frames of one turn leave together: the first one schedules a write for the end of the turn, and
 *    while a write is in flight the next frames collect.
 * 4. Handlers are synchronous. The view that they get is valid until they return.
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
 *
 * Longer than 300 lines: it holds all that a service sees of a connection; the parts that do the work
 * (sender, receiver, liveness, farewell, bulk credit) have files of their own.
 */
import type { Timer } from "../clock/clock.ts";
import { BulkCredit } from "./bulk_credit.ts";
import type { CloseCause, CloseReport } from "./close_report.ts";
import { Farewell } from "./farewell.ts";
import { FIRST_IGNORABLE_KIND, Kind as LineKind, PING_BYTES } from "./frame.ts";
import type { ConnectionParts, ConnectionStats, ConnectionTerms } from "./connection_types.ts";
import type { FrameBatch } from "./frame_batch.ts";
import { type FrameView, hexKind } from "./frame_view.ts";
import type { FrameWriter } from "./frame_writer.ts";
import { decodeError, decodeGoodbye, encodeError, type Goodbye } from "./handshake_messages.ts";
import { LineError, LineErrorCode } from "./line_error.ts";
import { LINGER_MS } from "./linger.ts";
import { Liveness } from "./liveness.ts";
import type { Address } from "./network.ts";
import { Receiver } from "./receiver.ts";
import { refuseAsync } from "./refuse_async.ts";
import { buildRoutes, type Handlers, type Route } from "./routes.ts";
import type { SendLane } from "./send_lane.ts";
import { Sender } from "./sender.ts";
import { checkBounds, type Kind, type Kinds, type Lane } from "./service.ts";

/** An open connection. */
export class Connection<K extends Kinds = Kinds> implements AsyncDisposable {
  /** The other end. */
  readonly peer: Address;
  /** What the handshake settled. */
  readonly terms: ConnectionTerms;
  /** Resolves when the connection is over and everything is given back. */
  readonly closed: Promise<CloseReport>;
  /** Called when the peer says goodbye; the last moment at which frames can be sent. */
  onGoodbye: ((goodbye: Goodbye) => void) | undefined;
  readonly #parts: ConnectionParts<K>;
  readonly #sender: Sender;
  readonly #normalLane: SendLane;
  readonly #bulkLane: SendLane;
  readonly #bulkCredit: BulkCredit;
  readonly #liveness: Liveness;
  readonly #farewell: Farewell;
  readonly #receiver: Receiver;
  readonly #resolveClosed: (report: CloseReport) => void;
  #isOpen = true;
  #cause: CloseCause | undefined;
  #acceptedBytes = 0;
  #lingerTimer: Timer | undefined;
  #dropped = 0;

  /** For `dial` and `listen`, after the handshake. */
  constructor(parts: ConnectionParts<K>) {
    const { stream, service, terms, clock, budget } = parts;
    this.#parts = parts;
    this.peer = stream.peer;
    this.terms = terms;
    const { promise, resolve } = Promise.withResolvers<CloseReport>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    const sender = this.#sender = new Sender({
      stream,
      budget,
      lanes: service.lanes,
      maxFrameBytes: terms.maxFrameBytes,
      bulkCreditBytes: terms.bulkCreditBytes,
      onFailure: () => this.#onWriteFailure(),
    });
    this.#normalLane = sender.lane("normal");
    this.#bulkLane = sender.lane("bulk");
    this.#bulkCredit = new BulkCredit(terms.bulkCreditBytes, (bytes) => sender.grant(bytes));
    this.#receiver = new Receiver({
      stream,
      decoder: parts.decoder,
      budget,
      clock,
      maxFramesPerSecond: service.maxFramesPerSecond,
      onOther: (view) => this.#handleOther(view),
      onBatch: () => sender.flush(),
      onError: (error) => this.#fail(error),
    });
    this.#liveness = new Liveness({
      sender,
      clock,
      heartbeatMs: terms.heartbeatMs,
      receivedBytes: () => this.#receiver.bytes,
      onTick: () => this.#receiver.tick(),
      onDead: (error) => this.#fail(error),
    });
    this.#farewell = new Farewell({
      sender,
      clock,
      onDone: (cause) => this.#finish(cause),
      onTimeout: (cause) => {
        this.#end(cause);
        stream.close();
      },
    });
  }

  /** Starts receiving. For `dial` and `listen`, once. */
  start(handlers: Handlers<K>): void {
    this.startWith(() => handlers);
  }

  /** Like {@linkcode start}; a service that cannot give handlers ends the connection. */
  startWith(handlersFor: (connection: Connection<K>) => Handlers<K>): void {
    let routes: readonly (Route | undefined)[] = [];
    try {
      routes = buildRoutes(this.#parts.service, handlersFor(this), this.#bulkCredit);
    } catch (cause) {
      this.#fail(new LineError(LineErrorCode.Internal, "The service failed", { cause }));
    }
    this.#parts.decoder.maxFrameBytes = this.terms.maxFrameBytes;
    this.#liveness.start();
    this.#run(routes);
  }

  /** Whether frames can be sent. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Newest round trip of a PING, in nanoseconds. */
  get roundTripNs(): number | undefined {
    return this.#liveness.roundTripNs;
  }

  /** Counters since the start. */
  get stats(): ConnectionStats {
    return {
      framesReceived: this.#receiver.frames,
      bytesReceived: this.#receiver.bytes,
      framesSent: this.#sender.frames,
      bytesSent: this.#sender.writtenBytes,
      bytesQueued: this.#sender.queuedBytes,
      writes: this.#sender.writes,
      dropped: this.#dropped,
    };
  }

  /**
   * Room for a frame with `payloadBytes` of payload, to be filled in place and committed in this
   * turn; `undefined` when the lane is full or the connection is not open. The bounds of the kind are
   * checked by the receiver only.
   *
   * @throws {RangeError} when no frame may be that large
   */
  reserve(kind: Kind<unknown, never>, payloadBytes: number): FrameWriter | undefined {
    const lane = kind.isBulk ? this.#bulkLane : this.#normalLane;
    const writer = lane.reserve(kind.code, payloadBytes);
    if (writer === undefined) this.#onFull(kind.lane);
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
    checkBounds(kind, payload.length);
    const writer = this.reserve(kind as Kind<unknown, never>, payload.length);
    if (writer === undefined) return false;
    writer.set(payload);
    writer.commit();
    return true;
  }

  /**
   * Sends a large payload on the normal lane from where it lies. It must not change until the
   * promise resolves, which it does when the bytes are needed no longer, sent or not.
   *
   * @returns `undefined` when the lane is full or the connection is not open
   * @throws {RangeError} when no frame may be that large, or `kind` is not on the normal lane
   */
  sendInPlace(kind: Kind<unknown, Uint8Array>, payload: Uint8Array): Promise<void> | undefined {
    if (kind.lane !== "normal") throw new RangeError("Cannot send bulk in place: at most 64 KiB");
    checkBounds(kind, payload.length);
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#normalLane.queueInPlace(kind.code, payload, resolve)) return promise;
    this.#onFull(kind.lane);
    return undefined;
  }

  /**
   * Sends frames that were encoded once for many connections.
   *
   * @returns false when the lane is full or the connection is not open: nothing is sent then
   * @throws {RangeError} when one of them is larger than this connection allows
   */
  sendBatch(batch: FrameBatch): boolean {
    this.#normalLane.checkSize(batch.largestPayloadBytes);
    if (this.#normalLane.queueEncoded(batch.bytes(), batch.frames)) return true;
    this.#onFull("normal");
    return false;
  }

  /**
   * Waits until `lane` has room.
   *
   * @param mostQueuedBytes bytes that may still wait in it, where half of the lane would be too many
   * @returns false when the connection is no longer open
   */
  async writable(lane: Lane = "normal", mostQueuedBytes = Infinity): Promise<boolean> {
    if (this.#isOpen) await this.#sender.writable(lane, mostQueuedBytes);
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
    this.#bulkCredit.release(frameBytes);
  }

  /** Measures a round trip. @returns nanoseconds, or `undefined` when the connection ends first */
  async ping(): Promise<number | undefined> {
    return this.#cause !== undefined ? undefined : await this.#liveness.ping();
  }

  /**
   * Says goodbye, after all that was sent, and waits until the peer has confirmed it.
   *
   * @throws {RangeError} when the code has another form than 1 to 64 of `a-z 0-9 . -`
   */
  close(goodbye: Goodbye = { code: "done", message: "" }): Promise<CloseReport> {
    if (this.#isOpen) {
      this.#farewell.say(goodbye);
      this.#isOpen = false;
    }
    return this.closed;
  }

  /** Ends the connection at once; the peer is told `code` and `message` if it still listens. */
  abort(code: LineErrorCode, message: string): Promise<CloseReport> {
    this.#fail(new LineError(code, message));
    return this.closed;
  }

  /** Closes the connection: `await using` ends in good order. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close().then(() => {});
  }

  async #run(routes: readonly (Route | undefined)[]): Promise<void> {
    const message = await this.#receiver.run(routes);
    if (this.#farewell.heard !== undefined && this.#sender.queuedBytes === 0) {
      // A peer that has our answer hangs up; over TLS that may be read before our write has ended.
      this.#closeSoon();
      await this.#sender.idle();
    }
    this.#end({ code: LineErrorCode.Lost, message, by: "network" });
    await this.#giveBack();
  }

  /** Handles the line's own frames, and those that nobody registered. */
  #handleOther(view: FrameView): void {
    const { kind } = view;
    switch (kind) {
      case LineKind.Ping:
        return this.#sender.pong(pingPayload(view));
      case LineKind.Pong:
        return this.#liveness.onPong(pingPayload(view));
      case LineKind.Credit:
        return this.#sender.credited(view.getUint32(0));
      case LineKind.Goodbye:
        return this.#onGoodbye(decodeGoodbye(view));
      case LineKind.GoodbyeAck:
        return this.#onGoodbyeAck();
      case LineKind.Error: {
        const { code, message } = decodeError(view);
        return this.#finish({ code, message, by: "peer" });
      }
    }
    if (kind >= FIRST_IGNORABLE_KIND) return;
    throw new LineError(
      kind > 0 && kind <= LineKind.Credit
        ? LineErrorCode.UnexpectedKind
        : LineErrorCode.UnknownKind,
      `Cannot take a frame of kind ${hexKind(kind)} here`,
    );
  }

  #onGoodbye(goodbye: Goodbye): void {
    if (this.#farewell.heard === undefined) refuseAsync(this.onGoodbye?.(goodbye));
    this.#isOpen = false;
    this.#farewell.onGoodbye(goodbye);
  }

  #onGoodbyeAck(): void {
    const { acceptedBytes } = this.#sender;
    this.#farewell.onAck();
    this.#liveness.confirmedBytes = acceptedBytes;
  }

  #onFull(lane: Lane): void {
    if (!this.#isOpen) return;
    const { whenFull, maxBytes } = this.#parts.service.lanes[lane];
    const { queuedBytes, lacksMemory } = this.#sender.lane(lane);
    if (whenFull === "drop") this.#dropped++;
    if (whenFull !== "cut" || lacksMemory) return; // not this peer's fault
    this.#fail(
      new LineError(
        LineErrorCode.SlowReader,
        `Too slow: ${queuedBytes} of ${maxBytes} bytes wait to be read`,
      ),
    );
  }

  /** A write failed: the reason may still wait to be read, so reading goes on for a moment. */
  #onWriteFailure(): void {
    this.#isOpen = false;
    this.#closeSoon();
  }

  /** Tells the peer what is wrong, and ends the connection. */
  #fail(error: LineError): void {
    const { code, message, cause } = error;
    const lastFrame = error.isForPeer ? encodeError({ code, message }) : undefined;
    this.#finish({ code, message, by: "here", cause }, lastFrame);
  }

  /** Ends the connection from this side, so that the peer can still read what is written. */
  #finish(cause: CloseCause, lastFrame?: Uint8Array): void {
    if (this.#cause !== undefined) return;
    this.#end(cause);
    this.#closeSoon();
    const { stream } = this.#parts;
    this.#sender.stop(lastFrame).then(() => stream.closeWrite()).catch(() => stream.close());
  }

  /** Notes why the connection ends; the first reason counts. */
  #end(cause: CloseCause): void {
    this.#isOpen = false;
    this.#receiver.discard();
    if (this.#cause !== undefined) return;
    this.#cause = cause;
    this.#acceptedBytes = this.#sender.acceptedBytes;
  }

  #closeSoon(): void {
    const { clock, stream } = this.#parts;
    this.#lingerTimer ??= clock.after(LINGER_MS, () => stream.close());
  }

  async #giveBack(): Promise<void> {
    const { stream, decoder } = this.#parts;
    this.#farewell.stop();
    stream.close();
    await this.#sender.stop();
    this.#lingerTimer?.cancel(); // a write that fails on closing may have set it just now
    decoder.release();
    this.#liveness.stop();
    this.#resolveClosed({
      ...this.#cause ?? { code: LineErrorCode.Lost, message: "", by: "network" },
      confirmed: this.#farewell.isConfirmed,
      unconfirmedBytes: this.#acceptedBytes - this.#liveness.confirmedBytes,
    });
  }
}

function pingPayload(view: FrameView): Uint8Array {
  if (view.length === PING_BYTES) return view.copy();
  throw new LineError(
    LineErrorCode.BadMessage,
    `Cannot take kind ${hexKind(view.kind)}: ${view.length} bytes, wanted ${PING_BYTES}`,
  );
}
