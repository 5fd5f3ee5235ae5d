import type { Refused } from "../messages.ts";
import { type SeatIndex, seatNumber } from "./pair_event.ts";
import type { PairState } from "./pair_state.ts";
import type { RelayFrame } from "./relay_frame.ts";

/** Verdicts that go with refusals, in games: code and words. */
const VERDICTS: ReadonlyMap<string, readonly [string, string]> = new Map([
  ["not-your-turn", ["out-of-turn", "out of turn"]],
  ["illegal-move", ["illegal", "illegal move"]],
  ["flag-fallen", ["flag-fallen", "too late"]],
]);

/** What somebody is told whose message was not taken. */
export function refusalFrames(
  { play }: PairState,
  seat: SeatIndex,
  pair: number,
  refused: Refused,
): RelayFrame[] {
  const { code, message } = refused;
  const frame: RelayFrame = { kind: "refused", value: refused };
  const verdict = VERDICTS.get(code);
  if (verdict === undefined || play === undefined) return [frame];
  const number = seatNumber(pair, seat);
  const [verdictCode, words] = verdict;
  const value = { code: verdictCode, message: `${words}: ${message}`, number, isOver: false };
  return [frame, { kind: "verdict", value }];
}
