/** What to make of what is known about a client: data, not sentences. Pure. */
import type { ClockSide } from "./offset/clock_step.ts";
import { readVerdict } from "./report_stored_verdict.ts";
import type { ClientReport, NotedEstimate, SessionReport } from "./store/client_report.ts";

/** One thing that whoever reads a report should know. Times in microseconds. */
export type ReportReason =
  /** Two sessions were there at the same time, for `forUs` at most. */
  | { readonly kind: "id used twice"; readonly overlaps: number; readonly forUs: number }
  /** Nothing is known about the clock. */
  | { readonly kind: "no probes" }
  /** So few that one bad path would not show. */
  | { readonly kind: "too few probes"; readonly probes: number; readonly needed: number }
  /** A clock was set, the newest time by `sizeUs`; `atUs` on the clock of that side. */
  | {
    readonly kind: "step";
    readonly side: ClockSide;
    readonly atUs: number;
    readonly sizeUs: number;
    readonly mayBeSuspend: boolean;
    /** How often in this session. */
    readonly times: number;
  }
  /** The delay changes a lot, so the bound is far wider than the path needs. */
  | { readonly kind: "unstable path"; readonly leastDelayUs: number; readonly usualDelayUs: number }
  /** A clock is being slewed. */
  | { readonly kind: "frequency jump"; readonly times: number }
  /** The client's clock is off by more than `limitUs`. */
  | { readonly kind: "far off"; readonly offsetUs: number; readonly limitUs: number }
  /** Probes made no sense. */
  | { readonly kind: "bad probes"; readonly times: number }
  /** Samples are missing in the newest session, and in those before. */
  | { readonly kind: "gaps"; readonly lost: number; readonly lostBefore: number }
  /** Not seen since `ageUs`, and it did not say that it ended. */
  | { readonly kind: "silent"; readonly ageUs: number };

/** What to make of a client, and why. */
export interface ReportVerdict {
  /** `ok`: use it. `doubtful`: read the reasons. `unknown`: nobody knows how far its clock is off. */
  readonly trust: "ok" | "doubtful" | "unknown";
  /** Weightiest first; empty when there is nothing to say. */
  readonly reasons: readonly ReportReason[];
}

/** A clock further off than this is far off, in microseconds. */
const FAR_OFF_US = 1_000_000;

/** A client that is not seen for longer is silent, in microseconds. */
const SILENT_US = 300_000_000;

/** Sessions whose times of being seen overlap, and for how long at most, in microseconds. */
function overlapsOf(sessions: readonly SessionReport[]): { overlaps: number; forUs: number } {
  const spans = sessions.map(({ firstSeenUs, lastSeenUs = firstSeenUs }) => {
    return { fromUs: firstSeenUs ?? Infinity, toUs: lastSeenUs ?? Infinity };
  }).filter(({ fromUs }) => fromUs < Infinity).sort((a, b) => a.fromUs - b.fromUs);
  let overlaps = 0;
  let longestUs = 0;
  let latestUs = -Infinity;
  for (const { fromUs, toUs } of spans) {
    const forUs = Math.min(toUs, latestUs) - fromUs;
    if (forUs > 0) overlaps++;
    longestUs = Math.max(longestUs, forUs);
    latestUs = Math.max(latestUs, toUs);
  }
  return { overlaps, forUs: longestUs };
}

/** The steps of both sides as they were told, and what only the probes have shown. */
function stepOf(session: SessionReport): ReportReason | undefined {
  const seen = readVerdict(session.estimate?.verdictJson).steps;
  const told = session.steps.map(({ side, atUs, byUs }) => ({
    ...{ kind: "step" as const, side, atUs, sizeUs: byUs },
    mayBeSuspend: seen.some((each) =>
      each.side === side && Math.round(each.sizeUs) === byUs && each.mayBeSuspend
    ),
  }));
  const unknown = seen.filter(({ side }) => side === "unknown")
    .map((step) => ({ kind: "step" as const, ...step }));
  const steps = [...told, ...unknown];
  const newest = steps.reduce<typeof steps[number] | undefined>(
    (latest, step) => latest === undefined || step.atUs >= latest.atUs ? step : latest,
    undefined,
  );
  return newest && { ...newest, times: steps.length };
}

function clockReasons(session: SessionReport, estimate: NotedEstimate): ReportReason[] {
  const { tooFew, unstable, jumps, refused } = readVerdict(estimate.verdictJson);
  const step = stepOf(session);
  const isFarOff = Math.abs(estimate.offsetUs) - estimate.boundUs > FAR_OFF_US;
  return [
    ...(tooFew === undefined ? [] : [{ kind: "too few probes" as const, ...tooFew }]),
    ...(step === undefined ? [] : [step]),
    ...(unstable === undefined ? [] : [{ kind: "unstable path" as const, ...unstable }]),
    ...(jumps === 0 ? [] : [{ kind: "frequency jump" as const, times: jumps }]),
    ...(isFarOff
      ? [{ kind: "far off" as const, offsetUs: estimate.offsetUs, limitUs: FAR_OFF_US }]
      : []),
    ...(refused === 0 ? [] : [{ kind: "bad probes" as const, times: refused }]),
  ];
}

/**
 * Says what is to be thought of a client.
 *
 * @param nowUs wall time of the server
 */
export function reportVerdict({ sessions }: ClientReport, nowUs: number): ReportVerdict {
  const session = sessions.at(-1);
  if (session === undefined) return { trust: "unknown", reasons: [{ kind: "no probes" }] };
  const { estimate, lastSeenUs, isTailKnown } = session;
  const { overlaps, forUs } = overlapsOf(sessions);
  const lostBefore = sessions.slice(0, -1).reduce((sum, { lost }) => sum + lost, 0);
  const ageUs = isTailKnown ? 0 : nowUs - (lastSeenUs ?? nowUs);
  const step = estimate === undefined ? stepOf(session) : undefined;
  const reasons: ReportReason[] = [
    ...(overlaps > 0 ? [{ kind: "id used twice" as const, overlaps, forUs }] : []),
    ...(estimate === undefined
      ? [{ kind: "no probes" as const }, ...(step === undefined ? [] : [step])]
      : clockReasons(session, estimate)),
    ...(session.lost + lostBefore > 0
      ? [{ kind: "gaps" as const, lost: session.lost, lostBefore }]
      : []),
    ...(ageUs > SILENT_US ? [{ kind: "silent" as const, ageUs }] : []),
  ];
  if (estimate === undefined) return { trust: "unknown", reasons };
  // Long after a step a clock is as good as before.
  const isDoubtful = reasons.some(({ kind }) => kind !== "step" && kind !== "bad probes") ||
    readVerdict(estimate.verdictJson).trust !== "ok";
  return { trust: isDoubtful ? "doubtful" : "ok", reasons };
}
