/**
 * The one reader of a connection: reads into the slab and hands each whole frame to its route, in
 * place. Its loop is the life of the connection; it ends with the stream.
 */
import type { Clock } from "../clock/clock.ts";
import { turn } from "../clock/turn.ts";
import { FIRST_SERVICE_KIND } from "./frame.ts";
import type { FrameDecoder } from "./frame_decoder.ts";
import { FramePatience } from "./frame_patience.ts";
import type { FrameView } from "./frame_view.ts";
import { LineError, LineErrorCode } from "./line_error.ts";
import type { MemoryBudget } from "./memory_budget.ts";
import type { ByteStream } from "./network.ts";
import { RateLimit } from "./rate_limit.ts";
import { refuseAsync } from "./refuse_async.ts";
import type { Route } from "./routes.ts";

// Local: see `frame_writer.ts`.
const FIRST_KIND = FIRST_SERVICE_KIND;

/** Room for bytes that nobody wants any more. */
const SCRAP_BYTES = 4096;

/** Reads up to this size are no sign of a busy stream. */
const SMALL_READ_BYTES = 4096;

/** How long a busy stream may go on before all others get their turn, in nanoseconds. */
const MAX_RUN_NS = 5e6;

/** What a {@linkcode Receiver} works with. */
export interface ReceiverOptions {
  readonly stream: ByteStream;
  readonly decoder: FrameDecoder;
  /** Where its buffers come from. */
  readonly budget: MemoryBudget;
  readonly clock: Clock;
  /** Frames per second that the peer may send. */
  readonly maxFramesPerSecond: number;
  /** Handles a frame that has no route. */
  readonly onOther: (view: FrameView) => void;
  /** Called when all frames of a read are handled. */
  readonly onBatch: () => void;
  /** Told what is wrong with what arrived, or with a handler. */
  readonly onError: (error: LineError) => void;
}

/** The one reader of a connection. */
export class Receiver {
  /** Bytes received since the start. */
  bytes = 0;
  /** Frames received since the start. */
  frames = 0;
  readonly #options: ReceiverOptions;
  readonly #rate: RateLimit;
  readonly #patience = new FramePatience();
  #routes: readonly (Route | undefined)[] = [];
  #discards = false;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#rate = new RateLimit(options.maxFramesPerSecond, options.clock.monotonicNs());
  }

  /** From now on what arrives is read and forgotten, also the rest of what is being handled. */
  discard(): void {
    this.#discards = true;
  }

  /** A heartbeat has passed: a frame that does not get on is given up when memory is scarce. */
  tick(): void {
    const { decoder, budget: { isScarce, usedBytes, limitBytes }, onError } = this.#options;
    const { heldBytes } = decoder;
    if (!this.#patience.tick(this.bytes, heldBytes, isScarce) || this.#discards) return;
    onError(
      new LineError(
        LineErrorCode.Overloaded,
        `Cannot wait for the rest of a frame that holds ${heldBytes} bytes: ` +
          `${usedBytes} of ${limitBytes} bytes of buffers are in use`,
      ),
    );
    decoder.release(false); // at once: no more frames are given up than have to be
  }

  /**
   * Reads until the stream ends.
   *
   * @param routes handlers indexed by `kind - 0x20`
   * @returns what to say of the end
   */
  async run(routes: readonly (Route | undefined)[]): Promise<string> {
    const { stream, decoder, clock } = this.#options;
    this.#routes = routes;
    let turnNs = clock.monotonicNs();
    let isBusy = false;
    try {
      for (;;) {
        const space = this.#handleFrames();
        // A read whose data is there already does not let others have their turn. What has come is
        // handled first: a single large frame does not wait for sockets that may have nothing.
        const way = isBusy ? stream.giveWay?.() : undefined;
        if (way !== undefined || isBusy && clock.monotonicNs() - turnNs > MAX_RUN_NS) {
          await (way ?? turn());
          turnNs = clock.monotonicNs();
        }
        const n = await stream.read(space);
        if (n === null) break;
        this.bytes += n;
        if (!this.#discards) decoder.filled(n);
        isBusy = n > SMALL_READ_BYTES || this.#discards;
      }
    } catch (cause) {
      return `The connection broke: ${cause instanceof Error ? cause.message : cause}`;
    }
    return `The peer hung up without a goodbye${
      decoder.pendingBytes > 0 ? ", inside a frame" : ""
    }`;
  }

  /** Handles all whole frames; then says where the next bytes go. What is wrong goes to onError. */
  #handleFrames(): Uint8Array {
    const { decoder, onBatch, onError } = this.#options;
    if (!this.#discards) {
      try {
        this.#dispatch(decoder);
        onBatch();
        if (!this.#discards) return decoder.space();
      } catch (cause) {
        onError(
          cause instanceof LineError
            ? cause
            : new LineError(LineErrorCode.Internal, "A handler failed", { cause }),
        );
      }
    }
    return new Uint8Array(SCRAP_BYTES);
  }

  #dispatch(decoder: FrameDecoder): void {
    const routes = this.#routes;
    let frames = 0;
    let view: FrameView | undefined;
    while (!this.#discards && (view = decoder.next()) !== undefined) {
      frames++;
      const { kind } = view;
      // A negative index, once, would make this line slow for good, and any PING brings one.
      const route = kind < FIRST_KIND ? undefined : routes[kind - FIRST_KIND];
      if (route === undefined) {
        this.#options.onOther(view);
        continue;
      }
      const result = route(view);
      if (result !== undefined) refuseAsync(result);
    }
    this.frames += frames;
    const { perSecond } = this.#rate;
    if (frames === 0 || perSecond === Infinity) return; // no need to read the clock
    if (this.#rate.take(frames, this.#options.clock.monotonicNs())) return;
    throw new LineError(
      LineErrorCode.TooFast,
      `Cannot take more than ${perSecond} frames per second`,
    );
  }
}
