/** The client's side of `collect` as far as it has no sockets: samples, steps, and how they are sent. */
import type { Clock } from "../clock/clock.ts";
import type { Connection } from "../transport/connection.ts";
import type { Handlers } from "../transport/routes.ts";
import type { SendResult } from "../transport/session/keep_session.ts";
import type { Outbox } from "../transport/session/outbox.ts";
import type { SessionState } from "../transport/session/session_state.ts";
import { BothClocks } from "./both_clocks.ts";
import {
  type EstimateNotice,
  readSequenceOnly,
  samplesBytes,
  type StepNotice,
  writeSamples,
  writeSequence,
  writeStep,
} from "./messages.ts";
import { Prober } from "./prober.ts";
import { COLLECT_BYTES, collectService, MAX_BATCH } from "./protocol.ts";

type Kinds = typeof collectService.kinds;

/** One timestamp of this machine. */
export interface Sample {
  /** Wall clock, in whole microseconds since 1970. */
  readonly timeUs: number;
  /** How often that clock had been set. */
  readonly clientSteps: number;
}

/** SAMPLES that may wait for their acknowledgement; what is added meanwhile travels together. */
const MAX_BATCHES = 4;

/** Steps that are told again after a reconnection. */
const MAX_STEPS = 8;

/** One client over all its connections. */
export class SampleSender {
  /** Samples that found no room in the queue. */
  dropped = 0;
  readonly #clock: Clock;
  readonly #clocks: BothClocks;
  readonly #state: SessionState<Sample>;
  readonly #steps: StepNotice[] = [];
  readonly #onSteps: (steps: number) => void;
  /** Last sequences of the SAMPLES that wait for their acknowledgement. */
  readonly #batches: number[] = [];
  #previousSequence = 0;
  #connection: Connection<Kinds> | undefined;
  #prober: Prober | undefined;
  #wake: () => void = () => {};
  #onAcknowledged: () => void = () => {};

  /**
   * @param firstSteps how often this machine's clock had been set, in a session that goes on
   * @param onSteps told how often it has been set by now
   */
  constructor(
    clock: Clock,
    state: SessionState<Sample>,
    firstSteps = 0,
    onSteps: (steps: number) => void = () => {},
  ) {
    this.#clock = clock;
    this.#state = state;
    this.#onSteps = onSteps;
    this.#clocks = new BothClocks(clock, (step) => this.#onStep(step), firstSteps);
  }

  /** How far the server says this clock is off. */
  get estimate(): EstimateNotice | undefined {
    return this.#prober?.estimate;
  }

  /** Samples that are not acknowledged. */
  get waiting(): number {
    return this.#state.outbox.size;
  }

  /** Takes a timestamp. */
  sample(): void {
    const timeUs = this.#clocks.wallUs();
    const sequence = this.#state.add({ timeUs, clientSteps: this.#clocks.steps });
    if (sequence === undefined) this.dropped++;
  }

  /** Resolves when everything is acknowledged. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.waiting === 0) resolve();
      };
      this.#onAcknowledged = check;
      check();
    });
  }

  /** Says that no sample follows the last one, ever. */
  end(): void {
    const end = this.#connection?.reserve(collectService.kinds.end, COLLECT_BYTES.end);
    if (end === undefined) return;
    writeSequence(end, this.#state.outbox.lastSequence);
    end.commit();
  }

  /** What a new connection calls. For `keepSession`. */
  handlersFor(connection: Connection<Kinds>): Handlers<Kinds> {
    const prober = this.#prober = new Prober(
      connection,
      this.#clock,
      this.#clocks,
      this.estimate,
    );
    this.#connection = connection;
    this.#batches.length = 0;
    return {
      probeReply: (view) => prober.onReply(view),
      estimate: (view) => prober.onEstimate(view),
      ack: (view) => this.#onAck(readSequenceOnly(view)),
    };
  }

  /** A new connection is ready. For `keepSession`. @param wake sends what waits */
  ready(connection: Connection<Kinds>, wake: () => void): void {
    this.#wake = wake;
    this.#previousSequence = this.#state.outbox.acknowledgedSequence;
    for (const step of this.#steps) this.#tellStep(connection, step);
  }

  /** Sends one SAMPLES. For `keepSession`. */
  send(connection: Connection<Kinds>, outbox: Outbox<Sample>): SendResult {
    if (this.#batches.length >= MAX_BATCHES) return "pause";
    const firstSequence = outbox.peekSequence() ?? 0;
    const clientSteps = outbox.peek()?.clientSteps ?? 0;
    const times: number[] = [];
    while (times.length < MAX_BATCH) {
      const next = outbox.peek(times.length);
      const isNext = outbox.peekSequence(times.length) === firstSequence + times.length;
      if (next === undefined || !isNext || next.clientSteps !== clientSteps) break;
      times.push(next.timeUs);
    }
    const frame = connection.reserve(collectService.kinds.samples, samplesBytes(times.length));
    if (frame === undefined) return "full";
    const previousSequence = this.#previousSequence;
    const timesUs = Float64Array.from(times);
    writeSamples(frame, { previousSequence, firstSequence, clientSteps, timesUs });
    frame.commit();
    outbox.advance(times.length);
    this.#previousSequence = firstSequence + times.length - 1;
    this.#batches.push(this.#previousSequence);
    return "sent";
  }

  #onAck(sequence: number): void {
    this.#state.acknowledged(sequence);
    while ((this.#batches[0] ?? Infinity) <= sequence) this.#batches.shift();
    this.#wake();
    this.#onAcknowledged();
  }

  #onStep(step: Omit<StepNotice, "clientSteps">): void {
    const notice = { ...step, clientSteps: this.#clocks.steps };
    this.#onSteps(notice.clientSteps);
    this.#steps.push(notice);
    if (this.#steps.length > MAX_STEPS) this.#steps.shift();
    if (this.#connection?.isOpen) this.#tellStep(this.#connection, notice);
    this.#prober?.hurry();
  }

  #tellStep(connection: Connection<Kinds>, step: StepNotice): void {
    const frame = connection.reserve(collectService.kinds.step, COLLECT_BYTES.step);
    if (frame === undefined) return;
    writeStep(frame, step);
    frame.commit();
  }
}
