/** When something is due in a pair by time alone: pure. */
import { KEPT_MS } from "./pair.ts";
import { flagDueMs, type PairState } from "./pair_state.ts";

/** After how long somebody who is there and does not move is called stalled, in milliseconds. */
export const STALLED_MS = 60_000;

/** When the emitter of a game will be called stalled; `Infinity` when it is not there. */
export function stallDueMs({ play, emitter, seats, turnSinceMs }: PairState): number {
  const isExpected = play !== undefined && seats[emitter].presence === "here";
  return isExpected ? turnSinceMs + STALLED_MS : Infinity;
}

/** When a seat is kept no longer, or a flag falls; in milliseconds since 1970, or `Infinity`. */
export function eventDueMs(state: PairState): number {
  const kept = state.seats.filter(({ presence }) => presence === "lost");
  const goneMs = kept.map(({ sinceMs }) => sinceMs + KEPT_MS);
  return Math.min(flagDueMs(state) ?? Infinity, ...goneMs);
}
