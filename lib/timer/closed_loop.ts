/**
 * A closed loop: one request at a time, the next one when the answer is there. It measures round
 * trips as they are when nobody waits in a queue.
 */
import type { Clock, Timer } from "../clock/clock.ts";
import type { Connection } from "../transport/connection.ts";
import type { FrameView } from "../transport/frame_view.ts";
import type { Latencies } from "./latencies.ts";
import { readSequence, type RunId, writeMessageId } from "./message_id.ts";
import { NO_GAP, timerService, UUID_BYTES } from "./protocol.ts";

/** Why a loop ended. */
export type LoopEnd = "done" | "no-answer" | "line-lost" | "stopped";

/** Options of a {@linkcode ClosedLoop}. */
export interface ClosedLoopOptions {
  readonly clock: Clock;
  readonly run: RunId;
  /** How many requests to send. */
  readonly count: number;
  /** Longest wait for an answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Where round trips go. */
  readonly roundTrips: Latencies;
  /** Where the server's gaps between two requests go. */
  readonly gaps: Latencies;
}

/** A closed loop over one connection. */
export class ClosedLoop {
  /** Requests sent and answers counted so far. */
  sent = 0;
  answered = 0;
  /** Answers that fit no request that is waiting: of another run, or a second time. */
  unexpected = 0;
  /** Sum of the differences between one round trip and the next, in nanoseconds. */
  stepSumNs = 0;
  /** Why it ended. */
  readonly ended: Promise<LoopEnd>;
  readonly #options: ClosedLoopOptions;
  readonly #end: (end: LoopEnd) => void;
  #connection: Connection<typeof timerService.kinds> | undefined;
  #sentNs = 0;
  #previousNs: number | undefined;
  #timer: Timer | undefined;
  #isOver = false;

  constructor(options: ClosedLoopOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<LoopEnd>();
    this.ended = promise;
    this.#end = resolve;
  }

  /** Sends the first request. */
  start(connection: Connection<typeof timerService.kinds>): void {
    this.#connection = connection;
    connection.closed.then(() => this.stop("line-lost"));
    this.#watch();
    this.#send();
  }

  /** Takes a REPLY: the handler of its kind. */
  onReply(view: FrameView): void {
    const nowNs = this.#options.clock.monotonicNs();
    if (this.#isOver) return;
    if (readSequence(view, this.#options.run) !== this.answered || this.sent === this.answered) {
      this.unexpected++;
      return;
    }
    this.answered++;
    const roundTripNs = nowNs - this.#sentNs;
    this.#options.roundTrips.record(roundTripNs);
    if (this.#previousNs !== undefined) this.stepSumNs += Math.abs(roundTripNs - this.#previousNs);
    this.#previousNs = roundTripNs;
    const gapNs = view.getSafeInt64(UUID_BYTES);
    if (gapNs !== NO_GAP) this.#options.gaps.record(gapNs);
    if (this.answered === this.#options.count) this.stop("done");
    else this.#send();
  }

  /** Ends the loop. */
  stop(end: LoopEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer?.cancel();
    this.#end(end);
  }

  #send(): void {
    const writer = this.#connection?.reserve(timerService.kinds.request, UUID_BYTES);
    if (writer === undefined) return this.stop("line-lost");
    writeMessageId(writer, this.#options.run, this.sent);
    this.sent++;
    this.#sentNs = this.#options.clock.monotonicNs();
    writer.commit();
    this.#connection?.flush();
  }

  /** Looks once per time limit whether the newest request waits too long. */
  #watch(): void {
    const { clock, timeoutMs } = this.#options;
    const waitedMs = this.sent === this.answered ? 0 : (clock.monotonicNs() - this.#sentNs) / 1e6;
    this.#timer = clock.after(timeoutMs - waitedMs, () => {
      const lateMs = (clock.monotonicNs() - this.#sentNs) / 1e6;
      if (this.sent > this.answered && lateMs >= timeoutMs) this.stop("no-answer");
      else if (!this.#isOver) this.#watch();
    });
  }
}
