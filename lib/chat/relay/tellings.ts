/** What each seat of a pair is told of events: pure. */
import type { RelayFrame } from "./relay_frame.ts";
import { otherSeat, type PairEvent, type SeatIndex, seatNumber } from "./pair_event.ts";
import { KEPT_MS } from "./pair.ts";
import { STALLED_MS } from "./pair_due.ts";
import { applyEvent, clocksAt, type PairState, playerOf, roleOf } from "./pair_state.ts";

/** A frame for one seat. */
export interface Telling {
  readonly seat: SeatIndex;
  readonly frame: RelayFrame;
}

/** Most moves that STATE lists. */
const MAX_MOVES = 40;

/** A pair, as far as it is told. */
export interface ToldPair {
  readonly pair: number;
  readonly nowMs: number;
  /** Game that new games are. */
  readonly game?: string | undefined;
}

/** What a client is told that takes a seat, or comes back to it: who it is, where it stands. */
export function greeting(state: PairState, seat: SeatIndex, told: ToldPair): Telling[] {
  const number = seatNumber(told.pair, seat);
  const { play, turn, seats } = state;
  const game = play?.game.name ?? told.game;
  const { last } = seats[seat];
  const role = { role: roleOf(state, seat), turn, ...(last !== undefined && { last }) };
  return [
    { seat, frame: { kind: "number", value: { number, ...(game !== undefined && { game }) } } },
    ...position(state, seat, told.nowMs),
    { seat, frame: { kind: "role", value: role } },
  ];
}

/** What both seats are told of events that are stored. @param before the state before them */
export function tellings(
  before: PairState,
  events: readonly PairEvent[],
  told: ToldPair,
): Telling[] {
  const list: Telling[] = [];
  const greeted = new Set<SeatIndex>();
  let state = before;
  for (const event of events) {
    const previous = state;
    state = applyEvent(state, event);
    if (event.type === "seated" || event.type === "back") greeted.add(event.seat);
    // A greeting has the position in it.
    const news = toldOf(previous, state, event, told);
    list.push(...news.filter(({ seat, frame }) => frame.kind !== "state" || !greeted.has(seat)));
  }
  const isTurned = before.turn !== state.turn || before.emitter !== state.emitter ||
    before.isPaired !== state.isPaired || events.some(({ type }) => type === "over");
  for (const seat of [0, 1] as const) {
    if (greeted.has(seat)) list.push(...greeting(state, seat, told));
    else if (isTurned) {
      const value = { role: roleOf(state, seat), turn: state.turn };
      list.push({ seat, frame: { kind: "role", value } });
    }
  }
  return list;
}

/** What both are told of an emitter that is there and does not move. */
export function stalledTellings({ emitter }: PairState, pair: number): Telling[] {
  const number = seatNumber(pair, emitter);
  const message = `seat ${number} is there but has not moved for ${STALLED_MS / 1000} s`;
  const value = { code: "stalled", message, number, isOver: false };
  return ([0, 1] as const).map((seat) => ({ seat, frame: { kind: "verdict", value } }));
}

/** The position as STATE; nothing where no game is played. */
function position(state: PairState, seat: SeatIndex, nowMs: number): Telling[] {
  const { play, emitter } = state;
  if (play === undefined) return [];
  const { game } = play;
  const moves = emitter === seat ? game.moves(play.position) : [];
  const clocksMs = clocksAt(state, nowMs)?.map(Math.round);
  const value = {
    view: game.view(play.position, playerOf(play, seat)),
    ...(moves.length > 0 && moves.length <= MAX_MOVES && { moves }),
    ...(clocksMs && { clocksMs }),
  };
  return [{ seat, frame: { kind: "state", value } }];
}

function toldOf(
  before: PairState,
  after: PairState,
  event: PairEvent,
  { pair, nowMs }: ToldPair,
): Telling[] {
  const both = (frame: RelayFrame): Telling[] => [{ seat: 0, frame }, { seat: 1, frame }];
  const positions = () => [...position(after, 0, nowMs), ...position(after, 1, nowMs)];
  if (event.type === "restarted") return [];
  if (event.type === "begun") return positions();
  if (event.type === "over") return both({ kind: "verdict", value: verdict(before, event, pair) });
  const seat = otherSeat(event.seat);
  const number = seatNumber(pair, event.seat);
  const peer = (what: "joined" | "back"): Telling[] => [
    { seat, frame: { kind: "peer", value: { number, what } } },
  ];
  switch (event.type) {
    case "seated":
      return peer("joined");
    case "back":
      return peer("back");
    case "said": {
      const value = { number, turn: after.turn, text: event.text };
      return [{ seat, frame: { kind: "message", value } }, ...positions()];
    }
    case "lost":
      return [{
        seat,
        frame: { kind: "peerLeft", value: { number, why: "lost", keptMs: KEPT_MS } },
      }];
    case "left": {
      const left: Telling = {
        seat,
        frame: { kind: "peerLeft", value: { number, why: event.why } },
      };
      if (event.why === "fin" || after.play === undefined) return [left];
      const message = `seat ${number} is gone: whoever comes next goes on for it`;
      const value = { code: "gone", message, number, isOver: false };
      return [left, { seat, frame: { kind: "verdict", value } }];
    }
  }
}

function verdict(
  { emitter, play }: PairState,
  { outcome, winner: seat }: Extract<PairEvent, { type: "over" }>,
  pair: number,
) {
  const game = play?.game.name ?? "the game";
  const code = outcome;
  if (seat === undefined) {
    const how = outcome === "drawn" ? "is drawn" : "was abandoned";
    return { code, message: `${game} ${how}`, isOver: true };
  }
  const winner = seatNumber(pair, seat);
  if (outcome !== "flag-fallen") {
    return {
      code,
      message: `seat ${winner} has won ${game}`,
      number: winner,
      winner,
      isOver: true,
    };
  }
  const number = seatNumber(pair, emitter);
  const message = `the flag of seat ${number} has fallen: seat ${winner} has won ${game}`;
  return { code, message, number, winner, isOver: true };
}
