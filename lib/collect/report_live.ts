import type { OffsetTracker } from "./offset/offset_tracker.ts";
import { verdict } from "./offset/verdict.ts";
import type { NotedEstimate } from "./store/client_report.ts";

/** What is known of a session because it is connected. */
export interface Presence {
  /** Its clock as of now; `undefined`: no probe yet. */
  readonly estimate: NotedEstimate | undefined;
}

/**
 * What a tracker knows about a client's clock when the server's shows `serverUs`; `undefined`: no
 * probe yet.
 */
export function liveEstimate(tracker: OffsetTracker, serverUs: number): NotedEstimate | undefined {
  const { readings, start } = tracker.current;
  const newest = readings.at(-1) ?? start.carried;
  if (newest === undefined) return undefined;
  // The newest winner may be far off: on a slow line, by half a second.
  const { offsetUs: aboutUs } = tracker.estimateAt(newest.atUs) ?? newest;
  const clientUs = Math.max(newest.atUs, serverUs - aboutUs);
  const estimate = tracker.estimateAt(clientUs);
  if (estimate === undefined) return undefined;
  const { atUs, offsetUs, boundUs, frequencyPpm, delayUs, probes } = estimate;
  const verdictJson = JSON.stringify(verdict(tracker, clientUs));
  if (!Number.isFinite(offsetUs) || !Number.isFinite(boundUs)) return undefined;
  return { atUs, offsetUs, boundUs, frequencyPpm, delayUs, probes, verdictJson };
}
