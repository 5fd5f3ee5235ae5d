import { checkEvent } from "./check_event.ts";
import { type PairEvent, parsePairEvent } from "./pair_event.ts";
import { applyEvent, emptyPair, type PairState } from "./pair_state.ts";

/** An event of a pair that is gone through again. */
export interface ReplayStep {
  /** Number of the event, from 1. */
  readonly number: number;
  /** `undefined` when what is stored is no event. */
  readonly event: PairEvent | undefined;
  /** The state before it. */
  readonly before: PairState;
  /** The state after it; where it cannot be applied, that before it. */
  readonly after: PairState;
  /** What breaks the rules. */
  readonly problem?: string | undefined;
}

/** Goes through the stored events of a pair, and says which of them cannot have been. */
export function* replayPair(texts: Iterable<string>): Generator<ReplayStep> {
  let before = emptyPair;
  let number = 0;
  let lastMs = -Infinity;
  for (const text of texts) {
    number++;
    let event: PairEvent | undefined;
    let after = before;
    let problem: string | undefined;
    try {
      event = parsePairEvent(text);
      problem = checkEvent(before, event);
      // Another server has another clock.
      if (event.timeMs < lastMs && event.type !== "restarted") problem ??= "time went back";
      lastMs = event.timeMs;
      after = applyEvent(before, event);
    } catch (error) {
      problem ??= error instanceof Error ? error.message : String(error);
    }
    yield { number, event, before, after, problem };
    before = after;
  }
}
