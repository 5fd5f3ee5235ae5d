import type { OffsetEstimate } from "./estimate.ts";

/**
 * A wall time of the client as the server's clock would have shown it, in whole microseconds since
 * 1970. The estimate should be of about that time and of the same stretch without a step; its
 * frequency carries it to `rawUs`. Times keep their order. Pure.
 */
export function correctUs(rawUs: number, estimate: OffsetEstimate): number {
  const { atUs, offsetUs, frequencyPpm } = estimate;
  return Math.round(rawUs + (offsetUs + frequencyPpm * (rawUs - atUs) / 1e6));
}
