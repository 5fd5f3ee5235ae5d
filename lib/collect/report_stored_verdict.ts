/** Reads verdicts on a clock as they are stored. A file may be older or newer than this program. */
import * as v from "valibot";
import type { ClockSide } from "./offset/clock_step.ts";
import type { Verdict } from "./offset/verdict.ts";

/** What a stored verdict says, as far as it is understood. Times in microseconds. */
export interface StoredVerdict {
  readonly trust: Verdict["trust"];
  readonly tooFew: { readonly probes: number; readonly needed: number } | undefined;
  readonly unstable:
    | { readonly leastDelayUs: number; readonly usualDelayUs: number }
    | undefined;
  /** How often the rate changed faster than clocks do. */
  readonly jumps: number;
  /** Probes that made no sense. */
  readonly refused: number;
  readonly steps: readonly {
    readonly side: ClockSide;
    readonly atUs: number;
    readonly sizeUs: number;
    readonly mayBeSuspend: boolean;
  }[];
}

const reasonSchema = v.variant("kind", [
  v.object({ kind: v.literal("too few probes"), probes: v.number(), needed: v.number() }),
  v.object({
    kind: v.literal("unstable path"),
    leastDelayUs: v.number(),
    usualDelayUs: v.number(),
  }),
  v.object({ kind: v.literal("frequency jump"), times: v.number() }),
  v.object({ kind: v.literal("bad probes"), refused: v.record(v.string(), v.number()) }),
  v.object({
    kind: v.literal("step"),
    side: v.picklist(["client", "server", "unknown"]),
    atUs: v.number(),
    sizeUs: v.number(),
    mayBeSuspend: v.boolean(),
  }),
]);

const verdictSchema = v.object({
  trust: v.picklist(["ok", "doubtful", "unknown"]),
  reasons: v.array(v.unknown()),
});

type Reason = v.InferOutput<typeof reasonSchema>;

/** What was stored as `verdictJson`; what is not understood is left out. Pure. */
export function readVerdict(verdictJson: string | undefined): StoredVerdict {
  const stored = v.safeParse(verdictSchema, parsed(verdictJson));
  const reasons: Reason[] = [];
  if (stored.success) {
    for (const reason of stored.output.reasons) {
      const known = v.safeParse(reasonSchema, reason);
      if (known.success) reasons.push(known.output);
    }
  }
  const find = <K extends Reason["kind"]>(kind: K) => {
    return reasons.find((each): each is Extract<Reason, { kind: K }> => each.kind === kind);
  };
  const tooFew = find("too few probes");
  const unstable = find("unstable path");
  const refused = Object.values(find("bad probes")?.refused ?? {});
  return {
    trust: stored.success ? stored.output.trust : "unknown",
    tooFew: tooFew && { probes: tooFew.probes, needed: tooFew.needed },
    unstable: unstable &&
      { leastDelayUs: unstable.leastDelayUs, usualDelayUs: unstable.usualDelayUs },
    jumps: find("frequency jump")?.times ?? 0,
    refused: refused.reduce((sum, count) => sum + count, 0),
    steps: reasons.filter((each) => each.kind === "step")
      .map(({ side, atUs, sizeUs, mayBeSuspend }) => ({ side, atUs, sizeUs, mayBeSuspend })),
  };
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return undefined;
  }
}
