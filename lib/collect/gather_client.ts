/**
 * The server's side of one client: hands samples to the store, acknowledges what is committed, answers
 * probes at once, and follows the client's clock.
 */
import type { Clock } from "../clock/clock.ts";
import type { Connection } from "../transport/connection.ts";
import type { FrameView } from "../transport/frame_view.ts";
import { LineError, LineErrorCode } from "../transport/line_error.ts";
import type { Handlers } from "../transport/routes.ts";
import type { BothClocks } from "./both_clocks.ts";
import {
  readProbe,
  readProbed,
  readSamples,
  readSequenceOnly,
  readStep,
  type StepNotice,
  writeEstimate,
  writeProbeReply,
  writeSequence,
} from "./messages.ts";
import type { OffsetEstimate } from "./offset/estimate.ts";
import { isQuiet } from "./offset/is_quiet.ts";
import type { OffsetTracker } from "./offset/offset_tracker.ts";
import { verdict } from "./offset/verdict.ts";
import { COLLECT_BYTES, collectService } from "./protocol.ts";
import type { ReportRequest } from "./report_messages.ts";
import type { Presence } from "./report_live.ts";
import { sendReports } from "./report_server.ts";
import type { CollectStore } from "./store/collect_store.ts";
import type { Correction } from "./store/sample_batch.ts";

/** Samples of one client that may wait for their commit; whoever sends more is refused. */
export const MAX_UNCOMMITTED = 65_536;

/** How often an estimate is stored, in nanoseconds. */
const NOTE_EVERY_NS = 1e9;

type Kinds = typeof collectService.kinds;

/** What a {@linkcode GatherClient} works with. */
export interface GatherParts {
  readonly clock: Clock;
  /** The server's own wall clock. */
  readonly clocks: BothClocks;
  readonly store: CollectStore;
  /** Reads the store, when it is this client's turn. */
  readonly report: CollectStore["report"];
  /**
   * Follows the clock of this session's client, also over earlier connections; a new one begins with
   * the count of steps that the client has, and also when one of them was left out. `isTold`: the
   * last of them is about to be added.
   */
  readonly trackerFor: (clientSteps: number, isTold?: boolean) => OffsetTracker;
  /** What is known of any session that is connected; `undefined`: it is not. */
  readonly presenceOf: (session: string) => Presence | undefined;
  /** Told when the store cannot keep what it should. */
  readonly onTrouble: (error: unknown) => void;
}

/** One client that is connected. */
export class GatherClient {
  /** Counters since the connection began. */
  readonly counts = { stored: 0, equal: 0, repeated: 0 };
  /** What is known about its clock. */
  estimate: OffsetEstimate | undefined;
  /** How long the newest samples waited for their commit, in nanoseconds. */
  lagNs: number | undefined;
  readonly #connection: Connection<Kinds>;
  readonly #parts: GatherParts;
  readonly #session: string;
  #uncommitted = 0;
  #lastSequence: number;
  #notedNs = -Infinity;
  #hasFailed = false;
  #notedSteps = 0;
  #isReporting = false;

  constructor(connection: Connection<Kinds>, parts: GatherParts) {
    this.#connection = connection;
    this.#parts = parts;
    this.#session = connection.terms.session;
    this.#lastSequence = Number(connection.terms.highestSequence);
  }

  /** Handlers of what the client sends. */
  handlers(): Handlers<Kinds> {
    return {
      probe: (view) => this.#onProbe(view),
      probed: (view) => this.#onProbed(view),
      samples: (view) => this.#onSamples(view),
      step: (view) => this.#onStep(readStep(view)),
      end: (view) => this.#onEnd(readSequenceOnly(view)),
      report: (request) => this.#onReport(request),
    };
  }

  /** Nothing stands between the reading of the two times and the socket but this. */
  #onProbe(view: FrameView): void {
    const { clocks } = this.#parts;
    const t2 = clocks.wallUs();
    const serverSteps = clocks.steps;
    const { number, t1 } = readProbe(view);
    const reply = this.#connection.reserve(
      collectService.kinds.probeReply,
      COLLECT_BYTES.probeReply,
    );
    if (reply === undefined) return;
    const t3 = clocks.wallUs();
    if (clocks.steps !== serverSteps) return; // the reservation lapses; the client asks again
    writeProbeReply(reply, { number, serverSteps, t1, t2, t3 });
    reply.commit();
    this.#connection.flush();
  }

  #onProbed(view: FrameView): void {
    const { clock, clocks, store } = this.#parts;
    const probe = readProbed(view);
    clocks.wallUs(); // a step of this machine's clock comes first
    const tracker = this.#parts.trackerFor(probe.clientSteps);
    tracker.addProbe(probe);
    const estimate = tracker.estimateAt(probe.t4);
    this.estimate = estimate;
    if (estimate === undefined) return;
    const notice = this.#connection.reserve(collectService.kinds.estimate, COLLECT_BYTES.estimate);
    if (notice !== undefined) {
      writeEstimate(notice, {
        atUs: Math.round(estimate.atUs),
        offsetUs: Math.round(estimate.offsetUs),
        boundUs: Math.ceil(estimate.boundUs),
        frequencyPpb: Math.round(estimate.frequencyPpm * 1000),
        isQuiet: isQuiet(tracker.current),
      });
      notice.commit();
    }
    const nowNs = clock.monotonicNs();
    if (nowNs - this.#notedNs < NOTE_EVERY_NS) return;
    this.#notedNs = nowNs;
    const { delayUs, probes } = estimate;
    const verdictJson = JSON.stringify(verdict(tracker, probe.t4));
    store.noteEstimate(this.#session, { ...estimate, delayUs, probes, verdictJson })
      .catch((error) => this.#onFailure(error));
  }

  #onSamples(view: FrameView): void {
    const { store, clock, clocks } = this.#parts;
    const { previousSequence, firstSequence, clientSteps, timesUs } = readSamples(view);
    if (this.#hasFailed) return; // the client sends it again
    if (previousSequence > this.#lastSequence) {
      throw new LineError(
        LineErrorCode.BadMessage,
        `Cannot take samples after ${previousSequence}: the last ones ended with ` +
          this.#lastSequence,
      );
    }
    this.#uncommitted += timesUs.length;
    if (this.#uncommitted > MAX_UNCOMMITTED) {
      throw new LineError(
        "collect.too-many",
        `Cannot take more than ${MAX_UNCOMMITTED} samples before they are acknowledged`,
      );
    }
    this.#lastSequence = Math.max(this.#lastSequence, firstSequence + timesUs.length - 1);
    const receivedNs = clock.monotonicNs();
    const receivedUs = clocks.wallUs(); // a step of this machine's clock comes first
    const correction = this.#correctionOf(timesUs, clientSteps);
    store.append({ session: this.#session, firstSequence, timesUs, receivedUs, correction }).then(
      ({ highestSequence, stored, equal, repeated }) => {
        this.#uncommitted -= timesUs.length;
        this.lagNs = clock.monotonicNs() - receivedNs;
        this.counts.stored += stored;
        this.counts.equal += equal;
        this.counts.repeated += repeated;
        this.#acknowledge(highestSequence);
      },
      (error) => this.#onFailure(error),
    );
  }

  /** A step that is known is told again after each reconnection. */
  #onStep({ clientSteps, ...step }: StepNotice): void {
    const { clocks, store, trackerFor } = this.#parts;
    if (clientSteps <= this.#notedSteps) return;
    clocks.wallUs(); // a step of this machine's clock comes first
    this.#notedSteps = clientSteps; // one of an earlier connection is stored again, and is the same
    const tracker = trackerFor(clientSteps, true);
    if (tracker.current.start.clientSteps < clientSteps) tracker.addStep("client", step);
    const { wallUs: atUs, sizeUs: byUs, errorUs } = step;
    store.noteStep({ session: this.#session, side: "client", atUs, byUs, errorUs })
      .catch((error) => this.#onFailure(error));
  }

  #onEnd(lastSequence: number): void {
    this.#parts.store.noteEnd(this.#session, lastSequence).catch((error) => this.#onFailure(error));
  }

  /** One at a time: each reads much of the store. */
  #onReport(request: ReportRequest): void {
    if (this.#isReporting) {
      throw new LineError("collect.too-many", "Cannot report: the report before is not finished");
    }
    this.#isReporting = true;
    sendReports(this.#connection, request, this.#parts).then(
      () => this.#isReporting = false,
      (error) => this.#onFailure(error),
    );
  }

  #acknowledge(sequence: number): void {
    const ack = this.#connection.reserve(collectService.kinds.ack, COLLECT_BYTES.ack);
    if (ack === undefined) return; // the client learns it when it comes back
    writeSequence(ack, sequence);
    ack.commit();
  }

  /** One estimate for the batch, with a bound that holds for each of its times. */
  #correctionOf(timesUs: Float64Array, clientSteps: number): Correction | undefined {
    const tracker = this.#parts.trackerFor(clientSteps);
    const last = tracker.estimateAt(timesUs.at(-1) ?? 0, clientSteps);
    const first = tracker.estimateAt(timesUs[0] ?? 0, clientSteps);
    if (first === undefined || last === undefined) return undefined;
    const { atUs, offsetUs, frequencyPpm } = last;
    const distanceUs = (estimate: OffsetEstimate) =>
      Math.abs(estimate.offsetUs - offsetUs - frequencyPpm * (estimate.atUs - atUs) / 1e6);
    let boundUs = Math.max(last.boundUs, first.boundUs + distanceUs(first));
    // Between the two the truth is as straight as the line, unless a clock was set there.
    if (first.segment !== last.segment || distanceUs(first) > 1) {
      for (const timeUs of timesUs) {
        const estimate = tracker.estimateAt(timeUs, clientSteps);
        if (estimate === undefined) return undefined;
        boundUs = Math.max(boundUs, estimate.boundUs + distanceUs(estimate));
      }
    }
    return { atUs, offsetUs, boundUs, frequencyPpm };
  }

  /** Nothing more is taken: the client keeps its data and comes back. */
  #onFailure(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#parts.onTrouble(error);
    const message = error instanceof Error ? error.message : String(error);
    this.#connection.abort(LineErrorCode.Overloaded, message);
  }
}
