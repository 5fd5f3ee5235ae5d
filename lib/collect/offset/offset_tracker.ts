/**
 * Follows the clock of one client: takes its probes and the steps that either side announces, and
 * says for any wall time of the client how far that clock was off. Memory is constant.
 */
import { CLOCK_LIMITS, type ClockLimits } from "./clock_limits.ts";
import type { ClockSide, ClockStep } from "./clock_step.ts";
import type { OffsetEstimate } from "./estimate.ts";
import { MinimumDelayFilter } from "./minimum_delay_filter.ts";
import { measureProbe, type Probe, type ProbeFault, type ProbeReading } from "./probe.ts";
import { Segment } from "./segment.ts";

/** How many segments are remembered, the current one included. */
const MAX_SEGMENTS = 8;

/** What a wall clock may be off after a sleep, in microseconds: some hardware counts seconds. */
const SUSPEND_ERROR_US = 1_000_000;

/** A probe that says in which state of the two clocks it was made. */
export interface StampedProbe extends Probe {
  /** How often the client had seen its own clock being set, the same at t1 and t4. */
  readonly clientSteps: number;
  /** The same of the server, the same at t2 and t3. */
  readonly serverSteps: number;
}

/** Why a probe was not used. */
export type ProbeRefusal = ProbeFault | "out of order" | "before a step";

/** Options of {@linkcode OffsetTracker}. */
export interface OffsetTrackerOptions {
  /**
   * What is taken for granted about the two clocks.
   * @default {CLOCK_LIMITS}
   */
  readonly limits?: ClockLimits;
  /**
   * How often the client had seen its clock being set before.
   * @default {0}
   */
  readonly clientSteps?: number;
  /**
   * The same of the server.
   * @default {0}
   */
  readonly serverSteps?: number;
  /**
   * Since when the server's clock was not set, on that clock, in microseconds since 1970. Of what the
   * client's showed before, nothing is known.
   * @default {-Infinity}
   */
  readonly serverSinceUs?: number;
}

/** A step as the tracker saw it. */
export interface SeenStep {
  /** Whose clock. */
  readonly side: ClockSide;
  /** Where on the client's clock it happened, in microseconds since 1970. */
  readonly atUs: number;
  /** By how much that clock jumped; of an unknown side: the offset. In microseconds. */
  readonly sizeUs: number;
  /** How far `sizeUs` may be off, in microseconds. */
  readonly errorUs: number;
  /** That machine may have slept instead. */
  readonly mayBeSuspend: boolean;
}

/** See the file's comment. */
export class OffsetTracker {
  /** The latest steps, oldest first. */
  readonly steps: SeenStep[] = [];
  /** How many probes were refused, by reason. */
  readonly refused = new Map<ProbeRefusal, number>();
  /** How many probes were used. */
  used = 0;
  /** How often the rate changed faster than the limits allow, without a step. */
  frequencyJumps = 0;
  readonly #limits: ClockLimits;
  readonly #serverSteps: number;
  readonly #serverSinceUs: number;
  readonly #filter = new MinimumDelayFilter();
  #segments: Segment[];
  #hasForgotten = false;

  /** For one client process, from its first probe on. */
  constructor(options: OffsetTrackerOptions = {}) {
    const { limits = CLOCK_LIMITS, clientSteps = 0, serverSteps = 0 } = options;
    this.#limits = limits;
    this.#serverSteps = serverSteps;
    this.#serverSinceUs = options.serverSinceUs ?? -Infinity;
    const fromUs = -Infinity;
    const start = { id: 0, clientSteps, serverSteps, fromLowUs: fromUs, fromHighUs: fromUs };
    this.#segments = [new Segment(start, limits)];
  }

  /** The stretch since the last step. */
  get current(): Segment {
    return this.#segments.at(-1) as Segment;
  }

  /** Takes a probe; probes come in the order in which they were made. */
  addProbe(probe: StampedProbe): ProbeRefusal | undefined {
    const refusal = this.#take(probe);
    if (refusal === undefined) this.used++;
    else this.refused.set(refusal, (this.refused.get(refusal) ?? 0) + 1);
    return refusal;
  }

  /** Takes the word of one side that its own clock was set. */
  addStep(side: "client" | "server", step: ClockStep): void {
    const { sizeUs, errorUs, mayBeSuspend, withinUs } = step;
    const { current } = this;
    // A machine that slept went on by its other clock meanwhile: the offset may be as before.
    const sureUs = mayBeSuspend ? sizeUs / 2 : sizeUs;
    const unsureUs = mayBeSuspend ? Math.abs(sizeUs) / 2 + SUSPEND_ERROR_US : 0;
    const driftUs = Math.abs(sizeUs) * this.#limits.maxDriftPpm / 1e6;
    const isClients = side === "client";
    const signedUs = isClients ? -sureUs : sureUs;
    // On the client's clock as it would be without the step.
    const plainUs = step.wallUs - sizeUs;
    const beforeUs = isClients ? plainUs : this.#clientTimeOf(plainUs);
    const before = current.estimateAt(beforeUs);
    const atUs = isClients ? step.wallUs : beforeUs;
    const unsureAtUs = isClients ? 0 : (before?.boundUs ?? NaN) + errorUs + 1;
    // A client that was away tells its step when the server's clock may have been set after it.
    const lastUs = Math.max(current.start.fromHighUs, current.start.knownFromUs ?? -Infinity);
    const isTooLate = isClients && plainUs < lastUs;
    this.#begin(
      side,
      atUs - unsureAtUs - (isClients ? 0 : withinUs),
      atUs + unsureAtUs,
      before === undefined ? undefined : {
        atUs,
        offsetUs: before.offsetUs + signedUs,
        delayUs: before.delayUs,
        halfWidthUs: before.boundUs + errorUs + unsureUs + driftUs +
          unsureAtUs * this.#limits.maxDriftPpm / 1e6,
      },
      isTooLate ? lastUs + sizeUs + errorUs : undefined,
    );
    this.#note({ side, atUs, sizeUs, errorUs, mayBeSuspend });
  }

  /**
   * How far the client's clock was off when it showed `clientUs`. `undefined`: no probe yet, or too
   * long ago.
   *
   * @param clientSteps how often the client had seen its clock being set when it read that time; a
   *   clock that was set back shows the same time twice. Default: as often as is known
   */
  estimateAt(
    clientUs: number,
    clientSteps: number = this.current.start.clientSteps,
  ): OffsetEstimate | undefined {
    const estimate = this.#estimateAt(clientUs, clientSteps);
    if (estimate === undefined) return undefined;
    const { offsetUs, boundUs } = estimate;
    if (clientUs + offsetUs - boundUs >= this.#serverSinceUs) return estimate;
    const segment = this.#segments.find(({ start }) => start.id === estimate.segment);
    return segment?.start.serverSteps === this.#serverSteps ? undefined : estimate;
  }

  #estimateAt(clientUs: number, clientSteps: number): OffsetEstimate | undefined {
    const isUnknown = this.#segments.some(({ start }) =>
      start.clientSteps === clientSteps && clientUs < (start.knownFromUs ?? -Infinity)
    );
    if (isUnknown) return undefined;
    for (let at = this.#segments.length - 1; at >= 0; at--) {
      const segment = this.#segments[at] as Segment;
      const before = this.#segments[at - 1];
      const { start } = segment;
      if (start.clientSteps !== clientSteps) continue;
      if (clientUs >= start.fromHighUs) return segment.estimateAt(clientUs);
      if (Number.isNaN(start.fromHighUs)) { // a step of the server before the first probe
        if (clientUs >= firstSureUs(segment)) return segment.estimateAt(clientUs);
        continue;
      }
      const isFirst = before?.start.clientSteps !== clientSteps;
      if (isFirst) {
        const isForgotten = before === undefined && this.#hasForgotten;
        return isForgotten ? undefined : segment.estimateAt(clientUs);
      }
      if (clientUs > start.fromLowUs) {
        return hull(this.#earlierEstimate(at, clientUs), segment.estimateAt(clientUs));
      }
    }
    return undefined;
  }

  /** What the segments before number `at` say, where their end is not sharp. */
  #earlierEstimate(at: number, clientUs: number): OffsetEstimate | undefined {
    const segment = this.#segments[at - 1] as Segment;
    const { fromLowUs, fromHighUs, clientSteps } = segment.start;
    const before = this.#segments[at - 2];
    const estimate = segment.estimateAt(clientUs);
    if (Number.isNaN(fromHighUs)) return clientUs >= firstSureUs(segment) ? estimate : undefined;
    if (clientUs >= fromHighUs || before?.start.clientSteps !== clientSteps) return estimate;
    const earlier = this.#earlierEstimate(at - 1, clientUs);
    return clientUs > fromLowUs ? hull(earlier, estimate) : earlier;
  }

  #take(probe: StampedProbe): ProbeRefusal | undefined {
    const reading = measureProbe(probe, this.#limits);
    if (typeof reading === "string") return reading;
    const { start, readings } = this.current;
    if (probe.clientSteps !== start.clientSteps || probe.serverSteps !== start.serverSteps) {
      return "before a step";
    }
    if (reading.atUs < (readings.at(-1)?.atUs ?? -Infinity)) return "out of order";
    this.#lookForSurprise(reading);
    const { current } = this;
    const place = this.#filter.add(reading);
    current.probes++;
    if (place === "first" || current.readings.length === 0) current.add(reading);
    else if (place === "better") current.replaceNewest(reading);
    return undefined;
  }

  /** Begins a segment when `reading` cannot be true together with the current one. */
  #lookForSurprise(reading: ProbeReading): void {
    const { current } = this;
    const conflict = current.conflict(reading);
    if (conflict === "none") return;
    const last = current.readings.at(-1) ?? current.start.carried;
    if (last === undefined) return;
    if (conflict === "frequency jump") {
      this.frequencyJumps++;
      this.#begin("unknown", last.atUs, last.atUs, last);
      return;
    }
    const expectedUs = current.estimateAt(reading.atUs)?.offsetUs ?? 0;
    this.#begin("unknown", last.atUs, reading.atUs, undefined);
    this.#note({
      side: "unknown",
      atUs: reading.atUs,
      sizeUs: reading.offsetUs - expectedUs,
      errorUs: reading.halfWidthUs,
      mayBeSuspend: false,
    });
  }

  #begin(
    side: ClockSide,
    fromLowUs: number,
    fromHighUs: number,
    carried: ProbeReading | undefined,
    knownFromUs?: number,
  ): void {
    const { id, clientSteps, serverSteps } = this.current.start;
    const guessPpm = this.current.estimateAt(fromHighUs)?.frequencyPpm;
    this.#filter.end();
    this.#segments.push(
      new Segment({
        id: id + 1,
        clientSteps: clientSteps + (side === "client" ? 1 : 0),
        serverSteps: serverSteps + (side === "server" ? 1 : 0),
        fromLowUs,
        fromHighUs,
        ...(knownFromUs !== undefined && { knownFromUs }),
        ...(carried !== undefined && { carried }),
        ...(guessPpm !== undefined && { guessPpm }),
      }, this.#limits),
    );
    if (this.#segments.length > MAX_SEGMENTS) {
      this.#segments.shift();
      this.#hasForgotten = true;
    }
  }

  #note(step: SeenStep): void {
    this.steps.push(step);
    if (this.steps.length > MAX_SEGMENTS) this.steps.shift();
  }

  /** The client's time when the server's clock, not set meanwhile, shows `serverUs`. */
  #clientTimeOf(serverUs: number): number {
    let clientUs = serverUs;
    for (let round = 0; round < 3; round++) {
      clientUs = serverUs - (this.current.estimateAt(clientUs)?.offsetUs ?? 0);
    }
    return clientUs;
  }
}

/** When the server had certainly read its clock for the first winner, and so after the step. */
function firstSureUs({ readings: [first] }: Segment): number {
  return first === undefined ? Infinity : first.atUs + first.halfWidthUs;
}

/** What is true whichever of the two is. */
function hull(
  earlier: OffsetEstimate | undefined,
  later: OffsetEstimate | undefined,
): OffsetEstimate | undefined {
  if (earlier === undefined || later === undefined) return undefined;
  const lowUs = Math.min(earlier.offsetUs - earlier.boundUs, later.offsetUs - later.boundUs);
  const highUs = Math.max(earlier.offsetUs + earlier.boundUs, later.offsetUs + later.boundUs);
  return { ...later, offsetUs: (lowUs + highUs) / 2, boundUs: (highUs - lowUs) / 2 };
}
