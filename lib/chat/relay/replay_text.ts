/** Steps of a replay as text and as JSON. */
import { formatDurationMs } from "../../terminal/format_duration_ms.ts";
import { safeJson, safeText } from "../../terminal/safe_text.ts";
import { type PairEvent, type SeatIndex, seatNumber } from "./pair_event.ts";
import { clocksAt, type PairState } from "./pair_state.ts";
import type { ReplayStep } from "./replay_pair.ts";

const INDENT = "    ";

/** What somebody reads who watches: lines without their ends. */
export function replayLines(pair: number, step: ReplayStep): string[] {
  const { number, event, after, problem } = step;
  const told = event === undefined ? `event ${number}` : eventText(pair, event, step);
  const time = event === undefined ? "" : `${new Date(event.timeMs).toISOString()}  `;
  return [
    `${time}${told}`,
    ...viewAfter(step).map((line) => INDENT + line),
    ...clocksLine(event, after),
    ...problem === undefined ? [] : [`${INDENT}! ${safeText(problem)}`],
  ];
}

/** The same for programs: one object, without the end of the line. */
export function replayJson(pair: number, step: ReplayStep): string {
  const { number, event, before, after, problem } = step;
  const view = viewAfter(step);
  const base = { type: "event", pair, event: number };
  if (event === undefined) return safeJson({ ...base, isLegal: false, problem });
  const { type: what, timeMs, ...rest } = event;
  const seat = "seat" in rest ? rest.seat : undefined;
  const clocksMs = clocksAt(after, timeMs);
  return safeJson({
    ...base,
    what,
    timeUs: timeMs * 1000,
    ...rest,
    ...(seat !== undefined && { seat: seatNumber(pair, seat), nick: nickOf(seat, before, after) }),
    ...("first" in rest && { first: seatNumber(pair, rest.first) }),
    ...("winner" in rest && rest.winner !== undefined &&
      { winner: seatNumber(pair, rest.winner) }),
    ...(view.length > 0 && { view }),
    ...(clocksMs !== undefined && { clocksMs }),
    isLegal: problem === undefined,
    ...(problem !== undefined && { problem }),
  });
}

/** The position after a move, and at the start of a game. */
function viewAfter({ event, after: { play } }: ReplayStep): readonly string[] {
  if (play === undefined || (event?.type !== "said" && event?.type !== "begun")) return [];
  return play.game.view(play.position);
}

function clocksLine(event: PairEvent | undefined, after: PairState): string[] {
  const clocksMs = event?.type === "said" ? clocksAt(after, event.timeMs) : undefined;
  return clocksMs === undefined ? [] : [
    `${INDENT}clocks: ${clocksMs.map(formatDurationMs).join(", ")}`,
  ];
}

function nickOf(seat: SeatIndex, before: PairState, after: PairState): string {
  return before.seats[seat].nick || after.seats[seat].nick;
}

function eventText(pair: number, event: PairEvent, { before, after }: ReplayStep): string {
  const seatText = (seat: SeatIndex) => `seat ${seatNumber(pair, seat)}`;
  const who = (seat: SeatIndex) => `${seatText(seat)} (${safeText(nickOf(seat, before, after))})`;
  switch (event.type) {
    case "seated":
      return `${who(event.seat)} sits down`;
    case "begun": {
      const { clockMs, game, first } = event;
      const time = clockMs === undefined ? "" : `, ${formatDurationMs(clockMs)} each`;
      return `${safeText(game)} begins: ${seatText(first)} moves first${time}`;
    }
    case "said":
      return `${before.turn + 1}. ${who(event.seat)}: ${safeText(event.text)}`;
    case "left":
      return `${who(event.seat)} ${event.why === "fin" ? "leaves" : "is gone"}`;
    case "lost":
      return `${who(event.seat)} is lost`;
    case "back":
      return `${who(event.seat)} is back`;
    case "over": {
      const { outcome, winner } = event;
      const won = winner === undefined ? "" : `: ${who(winner)} has won`;
      return `${OUTCOMES[outcome]}${won}`;
    }
    case "restarted":
      return "the server was started again";
  }
}

const OUTCOMES = {
  won: "game over",
  drawn: "game over: drawn",
  "flag-fallen": "flag fallen",
  abandoned: "game over: abandoned",
} as const;
