/**
 * Of a burst of probes the one with the smallest delay is used: it waited least in queues, so it
 * says most (RFC 5905, section 10; the Lab Streaming Layer does the same with eight probes 64 ms
 * apart). It is of use from the first probe on, however many of the burst are lost.
 */
import type { ProbeReading } from "./probe.ts";

/** How many probes a burst has at most. */
export const BURST_PROBES = 8;

/** How long a burst lasts at most, in microseconds of the client's clock. */
const BURST_SPAN_US = 800_000;

/** What a reading is to the burst: the first of a new one, its best so far, or neither. */
export type BurstPlace = "first" | "better" | "worse";

/** Groups readings into bursts and keeps the best of the latest one. */
export class MinimumDelayFilter {
  #startUs = 0;
  #probes = 0;
  #bestWidthUs = Infinity;

  /** How many probes the latest burst has so far. */
  get probes(): number {
    return this.#probes;
  }

  /** Takes a reading; readings come in the order of the client's clock. */
  add(reading: ProbeReading): BurstPlace {
    const { atUs, halfWidthUs } = reading;
    const isOfBurst = this.#probes > 0 && this.#probes < BURST_PROBES &&
      Math.abs(atUs - this.#startUs) <= BURST_SPAN_US;
    if (!isOfBurst) {
      this.#startUs = atUs;
      this.#probes = 1;
      this.#bestWidthUs = halfWidthUs;
      return "first";
    }
    this.#probes++;
    if (halfWidthUs >= this.#bestWidthUs) return "worse";
    this.#bestWidthUs = halfWidthUs;
    return "better";
  }

  /** Ends the burst: the next reading begins a new one. */
  end(): void {
    this.#probes = 0;
  }
}
