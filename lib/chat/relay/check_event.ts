import { formatDurationMs } from "../../terminal/format_duration_ms.ts";
import { decide, type PairCommand } from "./pair.ts";
import { otherSeat, type PairEvent } from "./pair_event.ts";
import { flagDueMs, isEnded, type PairState, seatOf } from "./pair_state.ts";

/**
 * Why an event that is stored cannot have been; `undefined` when the rules allow it. For `replay`,
 * which trusts no file.
 *
 * @param state the state before the event
 */
export function checkEvent(state: PairState, event: PairEvent): string | undefined {
  const { play } = state;
  const outcome = play?.game.outcome(play.position);
  if (play !== undefined && outcome !== undefined) {
    if (event.type !== "over") return "the game is over, and the next has not begun";
    const winner = outcome.kind === "won" ? seatOf(play, outcome.winner) : undefined;
    if (event.outcome === outcome.kind && event.winner === winner) return undefined;
    return `the game has ended otherwise: ${outcome.kind}`;
  }
  if (event.type === "over") return checkOver(state, event);
  if (event.type === "begun") return checkBegun(state, event);
  const decision = decide(state, commandOf(event), event.timeMs);
  if (decision.refused !== undefined) return decision.refused.message.toLowerCase();
  const [first] = decision.events;
  if (event.type !== "said" || first?.type !== "said" || first.text === event.text) {
    return undefined;
  }
  return `the move was "${first.text}"`;
}

function checkOver(
  state: PairState,
  { outcome, winner, timeMs }: Extract<PairEvent, { type: "over" }>,
): string | undefined {
  if (state.play === undefined) return "no game is played";
  switch (outcome) {
    case "abandoned":
      return isEnded(state) ? undefined : "somebody is still there";
    case "flag-fallen": {
      const leftMs = (flagDueMs(state) ?? Infinity) - timeMs;
      if (leftMs > 0) {
        return leftMs === Infinity
          ? "the clock stands"
          : `the flag falls ${formatDurationMs(leftMs)} later`;
      }
      return winner === otherSeat(state.emitter) ? undefined : "the other side has won";
    }
    default:
      return "the game goes on";
  }
}

function checkBegun(
  state: PairState,
  { first }: Extract<PairEvent, { type: "begun" }>,
): string | undefined {
  if (state.play !== undefined) return "another game goes on";
  if (!state.isPaired) return "there is only one player";
  const due = state.lastFirst === undefined ? 0 : otherSeat(state.lastFirst);
  return first === due ? undefined : "the other seat moves first";
}

function commandOf(event: Exclude<PairEvent, { type: "over" | "begun" }>): PairCommand {
  switch (event.type) {
    case "seated":
      return { ...event, type: "sit" };
    case "said":
      return { ...event, type: "say" };
    case "left":
      return { ...event, type: "leave" };
    case "lost":
      return { ...event, type: "lose" };
    case "back":
      return { ...event, type: "return" };
    case "restarted":
      return { type: "restart" };
  }
}
