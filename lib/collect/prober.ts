/** The client's side of measuring clocks: asks for the server's time when its schedule says so. */
import type { Clock, Timer } from "../clock/clock.ts";
import type { Connection } from "../transport/connection.ts";
import type { FrameView } from "../transport/frame_view.ts";
import type { BothClocks } from "./both_clocks.ts";
import {
  type EstimateNotice,
  readEstimate,
  readProbeReply,
  writeProbe,
  writeProbed,
} from "./messages.ts";
import { ProbeSchedule } from "./offset/probe_schedule.ts";
import { COLLECT_BYTES, collectService } from "./protocol.ts";

type Kinds = typeof collectService.kinds;

/** A probe that is on its way. */
interface Pending {
  readonly number: number;
  readonly t1: number;
  readonly clientSteps: number;
}

/** Probes over one connection. */
export class Prober implements Disposable {
  /** What the server said last. */
  estimate: EstimateNotice | undefined;
  readonly #connection: Connection<Kinds>;
  readonly #clock: Clock;
  readonly #clocks: BothClocks;
  readonly #schedule: ProbeSchedule;
  #pending: Pending | undefined;
  #number = 0;
  #isJudged = true;
  #timer: Timer | undefined;

  /** @param estimate what the server said on an earlier connection */
  constructor(
    connection: Connection<Kinds>,
    clock: Clock,
    clocks: BothClocks,
    estimate: EstimateNotice | undefined,
  ) {
    this.estimate = estimate;
    this.#connection = connection;
    this.#clock = clock;
    this.#clocks = clocks;
    this.#schedule = new ProbeSchedule(clock.monotonicNs());
    connection.closed.then(() => this[Symbol.dispose]());
    this.#arm();
  }

  /** This machine's clock was set: what was known is of little use. */
  hurry(): void {
    this.estimate = undefined;
    this.#pending = undefined;
    this.#isJudged = true;
    this.#schedule.hurry(this.#clock.monotonicNs());
    this.#arm();
  }

  /** Takes a PROBE_REPLY: the first thing is to read the clock. */
  onReply(view: FrameView): void {
    const t4 = this.#clocks.wallUs();
    const { number, serverSteps, t1, t2, t3 } = readProbeReply(view);
    const pending = this.#pending;
    if (pending?.number !== number || pending.t1 !== t1) return; // of a time before a step
    this.#pending = undefined;
    const probed = this.#connection.reserve(collectService.kinds.probed, COLLECT_BYTES.probed);
    if (probed === undefined) return;
    writeProbed(probed, { clientSteps: pending.clientSteps, serverSteps, t1, t2, t3, t4 });
    probed.commit();
  }

  /** Takes an ESTIMATE. */
  onEstimate(view: FrameView): void {
    this.estimate = readEstimate(view);
    if (this.#schedule.isBetweenBursts) this.#judge(this.estimate.isQuiet ? "quiet" : "surprise");
  }

  /** Stops. */
  [Symbol.dispose](): void {
    this.#timer?.cancel();
  }

  #arm(): void {
    this.#timer?.cancel();
    const waitMs = (this.#schedule.dueNs - this.#clock.monotonicNs()) / 1e6;
    this.#timer = this.#clock.after(waitMs, () => this.#send());
  }

  #send(): void {
    if (!this.#connection.isOpen) return;
    if (this.#schedule.isBetweenBursts && !this.#isJudged) this.#judge("unanswered");
    // Before there is a reservation: when the clock was set, a STEP leaves first.
    const t1 = this.#clocks.wallUs();
    const probe = this.#connection.reserve(collectService.kinds.probe, COLLECT_BYTES.probe);
    this.#schedule.sent(this.#clock.monotonicNs());
    if (this.#schedule.isBetweenBursts) this.#isJudged = false;
    if (probe !== undefined) {
      const number = this.#number = (this.#number + 1) >>> 0;
      this.#pending = { number, t1, clientSteps: this.#clocks.steps };
      writeProbe(probe, { number, t1 });
      probe.commit();
      this.#connection.flush();
    }
    this.#arm();
  }

  #judge(outcome: "quiet" | "surprise" | "unanswered"): void {
    if (this.#isJudged) return;
    this.#isJudged = true;
    this.#schedule.judge(outcome);
    this.#arm();
  }
}
