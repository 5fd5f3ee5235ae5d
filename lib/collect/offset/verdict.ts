/** Whether a client's offset can be trusted, and why or why not: data, not sentences. */
import type { ClockSide } from "./clock_step.ts";
import { median } from "./median.ts";
import type { OffsetTracker, ProbeRefusal } from "./offset_tracker.ts";

/** One thing that whoever reads an offset should know. Times in microseconds. */
export type VerdictReason =
  /** No probe was answered yet. */
  | { readonly kind: "no probes" }
  /** So few that one bad path would not show. */
  | { readonly kind: "too few probes"; readonly probes: number; readonly needed: number }
  /** A clock was set: `atUs` on the client's clock, by `sizeUs`. */
  | {
    readonly kind: "step";
    readonly side: ClockSide;
    readonly atUs: number;
    readonly sizeUs: number;
    readonly errorUs: number;
    readonly mayBeSuspend: boolean;
  }
  /** The delay changes a lot, so the bound is far wider than the path needs. */
  | { readonly kind: "unstable path"; readonly leastDelayUs: number; readonly usualDelayUs: number }
  /** The two clocks' rate changed faster than the limits allow: a clock is being slewed. */
  | { readonly kind: "frequency jump"; readonly times: number }
  /** The client's clock is off by more than `limitUs`. */
  | { readonly kind: "far off"; readonly offsetUs: number; readonly limitUs: number }
  /** No probe since `ageUs`. */
  | { readonly kind: "silent"; readonly ageUs: number }
  /** Probes made no sense, by reason. */
  | { readonly kind: "bad probes"; readonly refused: Readonly<Record<string, number>> }
  /** What two ends can never see: one way that is always slower than the other. */
  | { readonly kind: "asymmetry"; readonly upToUs: number };

/** What to make of an estimate. */
export interface Verdict {
  /** `ok`: use it. `doubtful`: the bound holds, read the reasons. `unknown`: there is none. */
  readonly trust: "ok" | "doubtful" | "unknown";
  /** Doubts first, then what is good to know. */
  readonly reasons: readonly VerdictReason[];
}

/** Options of {@linkcode verdict}; times in microseconds. */
export interface VerdictOptions {
  /**
   * A clock further off than this is called far off.
   * @default {1_000_000}
   */
  readonly farOffUs?: number;
  /**
   * A client without a probe for longer than this is called silent.
   * @default {300_000_000}
   */
  readonly silentUs?: number;
  /**
   * For how long after it a step makes an estimate doubtful.
   * @default {60_000_000}
   */
  readonly recentStepUs?: number;
}

/** Probes that make a winner and leave some to compare it with. */
const NEEDED_PROBES = 3;

/** Differences of delay below this are no sign of an unstable path, in microseconds. */
const SMALL_DELAY_US = 1000;

/** Refusals that say nothing about the clocks or the path. */
const HARMLESS: ReadonlySet<ProbeRefusal> = new Set(["out of order", "before a step"]);

/** Latest winners whose delay is looked at. */
const RECENT = 8;

/** Says what is to be thought of the estimate for `clientUs`, now on the client's clock. Pure. */
export function verdict(
  tracker: OffsetTracker,
  clientUs: number,
  options: VerdictOptions = {},
): Verdict {
  const { farOffUs = 1_000_000, silentUs = 300_000_000, recentStepUs = 60_000_000 } = options;
  const reasons: VerdictReason[] = tracker.steps.map((step) => ({ kind: "step", ...step }));
  const refused = [...tracker.refused].filter(([reason]) => !HARMLESS.has(reason));
  if (refused.length > 0) {
    reasons.push({ kind: "bad probes", refused: Object.fromEntries(refused) });
  }
  const estimate = tracker.estimateAt(clientUs);
  if (estimate === undefined) {
    return { trust: "unknown", reasons: [{ kind: "no probes" }, ...reasons] };
  }
  const doubts: VerdictReason[] = [];
  const { readings } = tracker.current;
  if (estimate.probes < NEEDED_PROBES) {
    doubts.push({ kind: "too few probes", probes: estimate.probes, needed: NEEDED_PROBES });
  }
  if (tracker.frequencyJumps > 0) {
    doubts.push({ kind: "frequency jump", times: tracker.frequencyJumps });
  }
  const leastDelayUs = Math.min(...readings.map(({ delayUs }) => delayUs));
  const usualDelayUs = median(
    Float64Array.from(readings.slice(-RECENT), ({ delayUs }) => delayUs),
  );
  if (usualDelayUs > 3 * leastDelayUs + SMALL_DELAY_US) {
    doubts.push({ kind: "unstable path", leastDelayUs, usualDelayUs });
  }
  if (Math.abs(estimate.offsetUs) - estimate.boundUs > farOffUs) {
    doubts.push({ kind: "far off", offsetUs: estimate.offsetUs, limitUs: farOffUs });
  }
  const newestUs = readings.at(-1)?.atUs ?? tracker.current.start.carried?.atUs ?? clientUs;
  if (clientUs - newestUs > silentUs) {
    doubts.push({ kind: "silent", ageUs: clientUs - newestUs });
  }
  const isSteppedLately = tracker.steps.some(({ atUs }) =>
    Math.abs(clientUs - atUs) <= recentStepUs
  );
  return {
    trust: doubts.length > 0 || isSteppedLately ? "doubtful" : "ok",
    reasons: [...doubts, ...reasons, { kind: "asymmetry", upToUs: estimate.delayUs / 2 }],
  };
}
