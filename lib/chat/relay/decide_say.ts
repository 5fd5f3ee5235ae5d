import { MAX_LINE_BYTES } from "../limits.ts";
import { decide, type PairRules } from "./pair.ts";
import type { PairEvent, SeatIndex } from "./pair_event.ts";
import { flagDueMs, type PairState } from "./pair_state.ts";

const encoder = new TextEncoder();

/** Why a message is not taken: a code of REFUSED, and words. */
export interface SayRefusal {
  readonly code: string;
  readonly message: string;
}

/** What a message leads to. */
export interface SayDecision {
  readonly events: readonly PairEvent[];
  readonly refused?: SayRefusal | undefined;
}

/** Whether the flag of a seat has fallen: what it says then is no move of the next game. */
export function isFlagged(state: PairState, seat: SeatIndex, nowMs: number): boolean {
  return state.emitter === seat && (flagDueMs(state) ?? Infinity) <= nowMs;
}

/** Decides about a message that came from the line, where anything may stand. */
export function decideSay(
  state: PairState,
  seat: SeatIndex,
  { where, text }: { readonly where: string; readonly text: string },
  nowMs: number,
  rules: PairRules,
): SayDecision {
  if (where !== "") {
    return refused("not-in-room", "This server plays relay: lines go to the other side only");
  }
  if (text === "") return refused("empty", "A message has at least one character");
  if (encoder.encode(text).length > MAX_LINE_BYTES) {
    return refused("too-long", `A message has at most ${MAX_LINE_BYTES} bytes`);
  }
  return decide(state, { type: "say", seat, text }, nowMs, rules);
}

/** What is said to somebody whose flag fell before the message came. */
export const FLAGGED: SayDecision = refused("flag-fallen", "The flag has fallen: the game is over");

function refused(code: string, message: string): SayDecision {
  return { events: [], refused: { code, message } };
}
