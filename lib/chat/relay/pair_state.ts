/** The state of a pair, and how each event changes it: pure, so that a restart and `replay` agree. */
import type { Game, Player } from "./game.ts";
import { gameNamed } from "./games.ts";
import { otherSeat, type PairEvent, type SeatIndex } from "./pair_event.ts";

/** One seat. */
export interface SeatState {
  /** `lost`: the line broke, and the seat is kept for a while. */
  readonly presence: "free" | "here" | "lost";
  /** Number of the session that has it; 0: nobody. */
  readonly author: number;
  readonly nick: string;
  /** Since when the presence holds, in milliseconds since 1970. */
  readonly sinceMs: number;
  /** The server was what broke: the clock stands until the session is back. */
  readonly isPaused: boolean;
  /** The last message that was relayed to this seat, whoever sat there. */
  readonly last?: string | undefined;
}

/** A game that goes on. */
export interface Play {
  readonly game: Game;
  /** Seat of player 0. */
  readonly first: SeatIndex;
  readonly position: unknown;
  /** Moves so far; clocks run from the first one on. */
  readonly moves: number;
  /** What each seat had left at `clockSinceMs`. */
  readonly clocksMs?: readonly [number, number] | undefined;
}

/** A pair. */
export interface PairState {
  readonly seats: readonly [SeatState, SeatState];
  /** Both seats have been taken at some time: there are roles. */
  readonly isPaired: boolean;
  /** Seat whose turn it is. */
  readonly emitter: SeatIndex;
  /** Messages so far. */
  readonly turn: number;
  readonly play?: Play | undefined;
  /** Seat that began the last game. */
  readonly lastFirst?: SeatIndex | undefined;
  /** Since when the clock of the emitter runs; missing: it stands. */
  readonly clockSinceMs?: number | undefined;
  /** Since when the emitter could have said something. */
  readonly turnSinceMs: number;
}

const FREE: SeatState = { presence: "free", author: 0, nick: "", sinceMs: 0, isPaused: false };

/** A pair in which nothing has happened. */
export const emptyPair: PairState = {
  seats: [FREE, FREE],
  isPaired: false,
  emitter: 0,
  turn: 0,
  turnSinceMs: 0,
};

/** Somebody was here, and both are gone for good. */
export function isEnded(state: PairState): boolean {
  return state !== emptyPair && state.seats.every(({ presence }) => presence === "free");
}

/** What a seat may do. */
export function roleOf(state: PairState, seat: SeatIndex): "waiting" | "emitter" | "receiver" {
  if (!state.isPaired) return "waiting";
  return state.emitter === seat ? "emitter" : "receiver";
}

/** Who a seat is in a game. */
export function playerOf(play: Play, seat: SeatIndex): Player {
  return seat === play.first ? 0 : 1;
}

/** The seat of a player. */
export function seatOf(play: Play, player: Player): SeatIndex {
  return player === 0 ? play.first : otherSeat(play.first);
}

/** When the flag of the emitter falls, in milliseconds since 1970; `undefined` when its clock stands. */
export function flagDueMs({ play, emitter, clockSinceMs }: PairState): number | undefined {
  if (play?.clocksMs === undefined || clockSinceMs === undefined) return undefined;
  return clockSinceMs + play.clocksMs[emitter];
}

/** What is left on both clocks at a time, in milliseconds. */
export function clocksAt(state: PairState, nowMs: number): readonly [number, number] | undefined {
  return charged(state, nowMs).play?.clocksMs;
}

/**
 * The state after an event.
 *
 * @throws {RangeError} when a move is not legal, or a game is not known
 */
export function applyEvent(state: PairState, event: PairEvent): PairState {
  const before = event.type === "restarted" ? state : charged(state, event.timeMs);
  const after = changed(before, event);
  return { ...after, clockSinceMs: isClockRunning(after) ? event.timeMs : undefined };
}

/** The state after events. @throws {RangeError} as {@linkcode applyEvent} */
export function foldEvents(events: Iterable<PairEvent>, state: PairState = emptyPair): PairState {
  for (const event of events) state = applyEvent(state, event);
  return state;
}

function changed(state: PairState, event: PairEvent): PairState {
  const { timeMs } = event;
  switch (event.type) {
    case "seated": {
      const { seat, author, nick } = event;
      const seated = withSeat(state, seat, { presence: "here", author, nick, sinceMs: timeMs });
      const isPaired = state.isPaired || seated.seats.every(({ author }) => author > 0);
      return { ...seated, isPaired, turnSinceMs: turnSince(state, seat, timeMs) };
    }
    case "begun":
      return begun(state, event);
    case "said":
      return said(state, event.seat, event.text, timeMs);
    case "left":
      return withSeat(state, event.seat, {
        presence: "free",
        author: 0,
        nick: "",
        sinceMs: timeMs,
      });
    case "lost":
      return withSeat(state, event.seat, { presence: "lost", sinceMs: timeMs });
    case "back":
      return {
        ...withSeat(state, event.seat, { presence: "here", sinceMs: timeMs }),
        turnSinceMs: turnSince(state, event.seat, timeMs),
      };
    case "over":
      return { ...state, play: undefined };
    case "restarted":
      return {
        ...state,
        seats: [restarted(state.seats[0], timeMs), restarted(state.seats[1], timeMs)],
      };
  }
}

function begun(
  state: PairState,
  { game: name, first, clockMs, timeMs }: Extract<PairEvent, { type: "begun" }>,
): PairState {
  const game = gameNamed(name);
  if (game === undefined) throw new RangeError(`Cannot play "${name}": there is no such game`);
  const play: Play = {
    game,
    first,
    position: game.start(),
    moves: 0,
    clocksMs: clockMs === undefined ? undefined : [clockMs, clockMs],
  };
  return { ...state, play, emitter: first, lastFirst: first, turnSinceMs: timeMs };
}

function said(state: PairState, seat: SeatIndex, text: string, timeMs: number): PairState {
  const other = otherSeat(seat);
  const told = withSeat(state, other, { ...state.seats[other], last: text });
  const next = { ...told, emitter: other, turn: state.turn + 1, turnSinceMs: timeMs };
  const { play } = state;
  if (play === undefined) return next;
  const { game, position, moves } = play;
  if (!game.moves(position).includes(text)) {
    throw new RangeError(`Cannot play "${text}": it is no legal move of ${game.name} here`);
  }
  const after = { ...play, position: game.play(position, text), moves: moves + 1 };
  return { ...next, play: after, emitter: seatOf(play, game.toMove(after.position)) };
}

function withSeat(
  state: PairState,
  seat: SeatIndex,
  change: Partial<SeatState>,
): PairState {
  const after = { ...state.seats[seat], isPaused: false, ...change };
  return { ...state, seats: seat === 0 ? [after, state.seats[1]] : [state.seats[0], after] };
}

function restarted(seat: SeatState, timeMs: number): SeatState {
  if (seat.presence === "free") return seat;
  return { ...seat, presence: "lost", sinceMs: timeMs, isPaused: true };
}

function turnSince(state: PairState, seat: SeatIndex, timeMs: number): number {
  return seat === state.emitter || !state.isPaired ? timeMs : state.turnSinceMs;
}

/** What the emitter's clock has run is taken off it. */
function charged(state: PairState, nowMs: number): PairState {
  const { play, emitter, clockSinceMs } = state;
  if (play?.clocksMs === undefined || clockSinceMs === undefined) return state;
  const [a, b] = play.clocksMs;
  const left = Math.max(0, play.clocksMs[emitter] - Math.max(0, nowMs - clockSinceMs));
  const clocksMs = emitter === 0 ? [left, b] as const : [a, left] as const;
  return { ...state, play: { ...play, clocksMs }, clockSinceMs: Math.max(nowMs, clockSinceMs) };
}

/**
 * From the first move of a game on, while somebody has the emitter's seat. A line that the player
 * lost stops no clock, so that nobody pulls a plug to think; one that the server lost does.
 */
function isClockRunning({ play, emitter, seats }: PairState): boolean {
  if (play?.clocksMs === undefined || play.moves === 0) return false;
  const { presence, isPaused } = seats[emitter];
  return presence === "here" || (presence === "lost" && !isPaused);
}
