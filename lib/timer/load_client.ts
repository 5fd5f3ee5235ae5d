import type { Clock, Timer } from "../clock/clock.ts";
import type { Connection } from "../transport/connection.ts";
import type { FrameView } from "../transport/frame_view.ts";
import { AnswerBook } from "./answer_book.ts";
import type { LoadPlan } from "./load_plan.ts";
import { readSequence, type RunId, writeMessageId } from "./message_id.ts";
import { timerService, UUID_BYTES } from "./protocol.ts";

/** A request that waits for its answer, times in nanoseconds. */
interface Request {
  readonly plannedNs: number;
  readonly writtenNs: number;
  /** From when on there was room for it among those in flight. */
  readonly roomNs: number;
}

/** An answer that came in time, and when what happened, in nanoseconds of the monotonic clock. */
export interface Answer extends Request {
  readonly client: number;
  readonly sequence: number;
  readonly repliedNs: number;
  /** Time since this client's request before, by the server's clock; `NO_GAP` for the first. */
  readonly gapNs: number;
}

/** What all clients of a run have to do together. */
export interface LoadTotals {
  /** Requests that wait for their answers. */
  inFlight: number;
  /** Clients that still have something to send. */
  sending: number;
}

/** Options of a {@linkcode LoadClient}. */
export interface LoadClientOptions {
  readonly clock: Clock;
  readonly plan: LoadPlan;
  /** Kept up to date by all clients; starts with nothing in flight and all of them sending. */
  readonly totals: LoadTotals;
  /** Number of the client, from 0. */
  readonly index: number;
  readonly run: RunId;
  /** Most requests that wait for their answers at a time. */
  readonly inFlight: number;
  /** Longest wait for an answer that counts as one in time, in milliseconds. */
  readonly timeoutMs: number;
  /** Bytes of a request's payload. */
  readonly sizeBytes: number;
  /** Told of each answer that came in time to a request that is measured. */
  readonly onAnswer: (answer: Answer) => void;
  /** Told after each change of what is in flight. */
  readonly onChange: () => void;
}

/** One connection that sends requests by a plan, and knows what became of each. */
export class LoadClient {
  readonly book = new AnswerBook();
  /** First answers that came after the time limit. */
  late = 0;
  /** Requests to be measured: sent, and without an answer in time. */
  measuredSent = 0;
  measuredMissing = 0;
  /** When the newest request was written, in nanoseconds. */
  lastWrittenNs = 0;
  readonly #options: LoadClientOptions;
  readonly #connection: Connection<typeof timerService.kinds>;
  /** In the order in which they were written, so the oldest is the first. */
  readonly #inFlight = new Map<number, Request>();
  readonly #padding: Uint8Array;
  #roomNs = 0;
  #isSent = false;
  #isWaitingForLane = false;
  #timer: Timer | undefined;

  constructor(connection: Connection<typeof timerService.kinds>, options: LoadClientOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#padding = new Uint8Array(options.sizeBytes - UUID_BYTES);
  }

  /** Requests that wait for their answers. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Requests that were given up: no answer came, in time or late. */
  get lost(): number {
    return this.book.sent - this.book.answered - this.inFlight;
  }

  /** Sends what is due and has room. */
  pump(): void {
    const { clock, plan, index, inFlight } = this.#options;
    let wrote = false;
    while (this.#inFlight.size < inFlight) {
      const nowNs = clock.monotonicNs();
      const plannedNs = plan.next(index, this.book.sent, nowNs);
      if (plannedNs === undefined) {
        this.#nothingToSend();
        break;
      }
      if (plannedNs > nowNs || this.#isWaitingForLane || !this.#send(plannedNs, nowNs)) break;
      wrote = true;
    }
    if (wrote) this.#connection.flush();
  }

  /** Takes a REPLY. */
  onReply(view: FrameView): void {
    const { clock, plan, index, run, timeoutMs, onAnswer, onChange } = this.#options;
    const repliedNs = clock.monotonicNs();
    const sequence = readSequence(view, run);
    if (this.book.answer(sequence) !== "first") return;
    const request = this.#inFlight.get(sequence);
    if (request === undefined) {
      this.late++; // given up by now
      return;
    }
    this.#makeRoom(sequence, repliedNs);
    if (repliedNs - request.writtenNs > timeoutMs * 1e6) {
      this.late++;
      this.#isMissing(request);
    } else if (plan.isMeasured(request.plannedNs)) {
      const gapNs = view.getSafeInt64(UUID_BYTES);
      onAnswer({ ...request, client: index, sequence, repliedNs, gapNs });
    }
    this.pump();
    onChange();
  }

  /** Stops watching. */
  [Symbol.dispose](): void {
    this.#timer?.cancel();
  }

  #send(plannedNs: number, nowNs: number): boolean {
    const { kinds } = timerService;
    const { run, plan, totals } = this.#options;
    const writer = this.#connection.reserve(
      kinds.request,
      UUID_BYTES + this.#padding.length,
    );
    if (writer === undefined) {
      this.#waitForLane();
      return false;
    }
    const sequence = this.book.send();
    writeMessageId(writer, run, sequence);
    writer.set(this.#padding, UUID_BYTES);
    writer.commit();
    plan.sent(plannedNs);
    if (plan.isMeasured(plannedNs)) this.measuredSent++;
    this.lastWrittenNs = nowNs;
    this.#inFlight.set(sequence, { plannedNs, writtenNs: nowNs, roomNs: this.#roomNs });
    totals.inFlight++;
    if (this.#timer === undefined) this.#watch();
    return true;
  }

  /** The peer does not read, or the connection is over. */
  #waitForLane(): void {
    if (!this.#connection.isOpen) return;
    this.#isWaitingForLane = true;
    this.#connection.writable("normal").then(() => {
      this.#isWaitingForLane = false;
      this.#roomNs = this.#options.clock.monotonicNs();
      this.pump();
      this.#options.onChange();
    });
  }

  /** Gives requests up that wait for too long, oldest first. */
  #watch(): void {
    const { clock, timeoutMs, onChange } = this.#options;
    const [oldest] = this.#inFlight.values();
    this.#timer = undefined;
    if (oldest === undefined) return;
    const leftMs = timeoutMs - (clock.monotonicNs() - oldest.writtenNs) / 1e6;
    this.#timer = clock.after(leftMs, () => {
      const nowNs = clock.monotonicNs();
      for (const [sequence, request] of this.#inFlight) {
        if (nowNs - request.writtenNs < timeoutMs * 1e6) break;
        this.#makeRoom(sequence, nowNs);
        this.#isMissing(request);
      }
      this.#watch();
      this.pump();
      onChange();
    });
  }

  #makeRoom(sequence: number, nowNs: number): void {
    this.#inFlight.delete(sequence);
    this.#options.totals.inFlight--;
    if (this.#inFlight.size === this.#options.inFlight - 1) this.#roomNs = nowNs;
  }

  #nothingToSend(): void {
    if (this.#isSent) return;
    this.#isSent = true;
    this.#options.totals.sending--;
  }

  #isMissing({ plannedNs }: Request): void {
    if (this.#options.plan.isMeasured(plannedNs)) this.measuredMissing++;
  }
}
