/** What has happened in a pair of a relay, as it is stored: the pair is the sum of its events. */
import * as v from "valibot";
import { count, lineText, nick, shortText, u32, whole } from "../schema_parts.ts";

/** A seat of a pair; pair k has the numbers 2k - 1 and 2k. */
export type SeatIndex = 0 | 1;

/** The other seat of a pair. */
export function otherSeat(seat: SeatIndex): SeatIndex {
  return seat === 0 ? 1 : 0;
}

/** Number of a seat. */
export function seatNumber(pair: number, seat: SeatIndex): number {
  return 2 * pair - 1 + seat;
}

const seat = v.picklist([0, 1]);
/** Milliseconds since 1970; steady while one server runs, whatever is done to its wall clock. */
const timeMs = whole;

const eventSchema = v.variant("type", [
  v.object({ type: v.literal("seated"), timeMs, seat, author: u32, nick }),
  /** A game begins; without `clockMs` nobody's time is limited. */
  v.object({
    type: v.literal("begun"),
    timeMs,
    game: shortText,
    first: seat,
    clockMs: v.optional(count),
  }),
  /** A message that was relayed; in a game, a legal move in its one form. */
  v.object({ type: v.literal("said"), timeMs, seat, text: lineText }),
  v.object({ type: v.literal("left"), timeMs, seat, why: v.picklist(["fin", "gone"]) }),
  v.object({ type: v.literal("lost"), timeMs, seat }),
  v.object({ type: v.literal("back"), timeMs, seat }),
  v.object({
    type: v.literal("over"),
    timeMs,
    outcome: v.picklist(["won", "drawn", "flag-fallen", "abandoned"]),
    winner: v.optional(seat),
  }),
  /** A server begins with what another has left: all lines are lost, clocks stand. */
  v.object({ type: v.literal("restarted"), timeMs }),
]);

/** Something that has happened in a pair. */
export type PairEvent = v.InferOutput<typeof eventSchema>;

/** @throws {SyntaxError} when a store holds something else */
export function parsePairEvent(json: string): PairEvent {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new SyntaxError("Cannot read an event of a pair: it is no JSON", { cause });
  }
  const parsed = v.safeParse(eventSchema, value);
  if (parsed.success) return parsed.output;
  throw new SyntaxError(`Cannot read an event of a pair: ${parsed.issues[0].message}`);
}
