/** One run of `timer ping`: puts clients, plan and measurement together and lets them go. */
import type { Clock } from "../clock/clock.ts";
import type { Pacer } from "../clock/pacer.ts";
import type { FrameView } from "../transport/frame_view.ts";
import { Load, type LoadEnd } from "./load.ts";
import { type Answer, LoadClient } from "./load_client.ts";
import { type LoadOptions, LoadPlan } from "./load_plan.ts";
import { Measurement } from "./measurement.ts";
import { runIdFrom } from "./message_id.ts";
import type { PingLine, PingListener } from "./ping_lines.ts";

/** What a {@linkcode PingRun} works with. */
export interface PingRunOptions {
  readonly clock: Clock;
  readonly pacer: Pacer;
  readonly load: LoadOptions;
  readonly inFlight: number;
  readonly timeoutMs: number;
  readonly sizeBytes: number;
  /** Keep slices of time, for a log. */
  readonly sliced: boolean;
  readonly connections: readonly PingLine[];
  /** Told of each answer that is measured; after the measurement. */
  readonly onAnswer?: ((answer: Answer) => void) | undefined;
}

/** One run. It starts with its construction, its first request is sent by `start`. */
export class PingRun implements PingListener, Disposable {
  /** Start, in nanoseconds of the monotonic clock. */
  readonly startNs: number;
  readonly plan: LoadPlan;
  readonly measurement: Measurement;
  readonly clients: readonly LoadClient[];
  readonly #clock: Clock;
  readonly #load: Load;

  constructor(options: PingRunOptions) {
    const { clock, pacer, inFlight, timeoutMs, sizeBytes, onAnswer } = options;
    this.#clock = clock;
    const startNs = this.startNs = clock.monotonicNs();
    const plan = this.plan = new LoadPlan(options.load, startNs);
    const measurement = this.measurement = new Measurement(
      startNs,
      options.sliced,
      plan.measureFromNs,
    );
    const totals = { inFlight: 0, sending: options.connections.length };
    this.clients = options.connections.map((connection, index) =>
      new LoadClient(connection, {
        clock,
        plan,
        totals,
        index,
        run: runIdFrom(crypto.getRandomValues(new Uint8Array(8))),
        inFlight,
        timeoutMs,
        sizeBytes,
        onAnswer(answer) {
          measurement.record(answer);
          onAnswer?.(answer);
        },
        onChange: () => this.#load.onChange(),
      })
    );
    const isOpenLoop = options.load.ratePerSecond !== undefined;
    const { clients } = this;
    this.#load = new Load({
      clock,
      pacer,
      plan,
      clients,
      totals,
      measurement,
      isOpenLoop,
      timeoutMs,
    });
  }

  /** Sends the first requests. @returns why it ended, when it has */
  start(): Promise<LoadEnd> {
    this.#load.start();
    return this.#load.ended;
  }

  /** Ends it now. */
  stop(): void {
    this.#load.stop("stopped");
  }

  onReply(index: number, view: FrameView): void {
    this.clients[index]?.onReply(view);
  }

  onServerStopped(lengthNs: number): void {
    if (lengthNs > 0) this.measurement.serverStopped(this.#clock.monotonicNs(), lengthNs);
  }

  onServerLeaving(): void {
    this.#load.serverLeaves();
  }

  onLineLost(): void {
    this.#load.stop("line-lost");
  }

  /** Gives everything back. */
  [Symbol.dispose](): void {
    this.#load[Symbol.dispose]();
    this.measurement[Symbol.dispose]();
  }
}
