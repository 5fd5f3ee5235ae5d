import { formatDurationMs } from "../../terminal/format_duration_ms.ts";
import { formatTable } from "../../terminal/table.ts";
import type { Reply } from "../messages.ts";
import { seatNumber } from "./pair_event.ts";
import { clocksAt, type PairState, roleOf } from "./pair_state.ts";

/** Most pairs that one answer shows. */
const MAX_PAIRS = 500;

/** Columns that an answer may take. */
const WIDTH = 80;

/** A seat, as `!list` shows it. */
interface ListedSeat {
  readonly number: number;
  readonly presence: "free" | "here" | "lost";
  readonly nick: string;
  readonly role: "waiting" | "emitter" | "receiver";
  /** Messages of its pair so far. */
  readonly turn: number;
  readonly game?: string;
  readonly clockMs?: number;
}

/** Answers `!list`: all pairs with their seats. @param nowMs milliseconds since 1970 */
export function listPairs(
  pairs: Iterable<{ readonly pair: number; readonly state: PairState }>,
  nowMs: number,
): Reply {
  const all = [...pairs].sort((a, b) => a.pair - b.pair);
  const shown = all.slice(0, MAX_PAIRS);
  const seats = shown.flatMap(({ pair, state }) => listedSeats(pair, state, nowMs));
  const table = formatTable({
    columns: [
      { title: "seat", align: "right" },
      { title: "who", flexible: true },
      { title: "is" },
      { title: "role" },
      { title: "messages", align: "right" },
      { title: "game" },
      { title: "clock", align: "right" },
    ],
    rows: seats.map(({ number, nick, presence, role, turn, game, clockMs }) => [
      String(number),
      nick,
      presence,
      role,
      String(turn),
      game ?? "",
      clockMs === undefined ? "" : formatDurationMs(clockMs),
    ]),
    columnsAvailable: WIDTH,
  });
  const rest = all.length - shown.length;
  const lines = [
    ...all.length === 0 ? ["nobody is here"] : table,
    ...rest > 0 ? [`and ${rest} pairs more`] : [],
  ];
  return { command: "!list", isDone: true, lines, data: { pairs: all.length, seats } };
}

function listedSeats(pair: number, state: PairState, nowMs: number): ListedSeat[] {
  return ([0, 1] as const).map((seat) => {
    const { presence, nick } = state.seats[seat];
    const clockMs = clocksAt(state, nowMs)?.[seat];
    return {
      number: seatNumber(pair, seat),
      presence,
      nick,
      role: roleOf(state, seat),
      turn: state.turn,
      ...(state.play && { game: state.play.game.name }),
      ...(clockMs !== undefined && { clockMs }),
    };
  });
}
