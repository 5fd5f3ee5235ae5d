/** The rules of a pair: what may happen, given what has happened. Pure; time is an argument. */
import { otherSeat, type PairEvent, type SeatIndex } from "./pair_event.ts";
import { applyEvent, emptyPair, flagDueMs, isEnded, type PairState, seatOf } from "./pair_state.ts";

/** How long a seat is kept whose line broke, in milliseconds. */
export const KEPT_MS = 30_000;

/** What somebody, or time, wants to happen in a pair. */
export type PairCommand =
  | {
    readonly type: "sit";
    readonly seat: SeatIndex;
    readonly author: number;
    readonly nick: string;
  }
  | { readonly type: "say"; readonly seat: SeatIndex; readonly text: string }
  | { readonly type: "leave"; readonly seat: SeatIndex; readonly why: "fin" | "gone" }
  | { readonly type: "lose"; readonly seat: SeatIndex }
  | { readonly type: "return"; readonly seat: SeatIndex }
  | { readonly type: "restart" }
  | { readonly type: "flag" };

/** Why something cannot be. */
export interface Refusal {
  readonly code:
    | "taken"
    | "ended"
    | "not-seated"
    | "not-your-turn"
    | "illegal-move"
    | "flag-fallen"
    | "nothing";
  /** For people; what was wrong, without a period. */
  readonly message: string;
}

/** What follows from a command: events in order, or a refusal. */
export type Decision =
  | { readonly events: readonly PairEvent[]; readonly refused?: undefined }
  | { readonly events: readonly []; readonly refused: Refusal };

/** What new games are played by. */
export interface PairRules {
  /** Name of the game; missing: messages are just relayed. */
  readonly game?: string | undefined;
  /** Time of each side for a whole game, in milliseconds. @default {unlimited} */
  readonly clockMs?: number | undefined;
}

/** Decides what a command does to a pair at a time. */
export function decide(
  state: PairState,
  command: PairCommand,
  nowMs: number,
  rules: PairRules = {},
): Decision {
  switch (command.type) {
    case "sit":
      return sit(state, command, nowMs, rules);
    case "say":
      return say(state, command.seat, command.text, nowMs, rules);
    case "leave":
      return leave(state, command.seat, command.why, nowMs);
    case "lose": {
      const { seat } = command;
      if (state.seats[seat].presence !== "here") return nothing("Nobody is there");
      return { events: [{ type: "lost", timeMs: nowMs, seat }] };
    }
    case "return": {
      const { seat } = command;
      if (state.seats[seat].presence !== "lost") return nothing("Nobody is lost");
      return { events: [{ type: "back", timeMs: nowMs, seat }] };
    }
    case "restart":
      if (isEnded(state) || state === emptyPair) return nothing("Nobody is there");
      return { events: [{ type: "restarted", timeMs: nowMs }] };
    case "flag":
      return flag(state, nowMs, rules);
  }
}

function sit(
  state: PairState,
  { seat, author, nick }: Extract<PairCommand, { type: "sit" }>,
  nowMs: number,
  rules: PairRules,
): Decision {
  if (isEnded(state)) return refused("ended", "The pair has ended");
  if (state.seats[seat].presence !== "free") return refused("taken", "The seat is taken");
  if (state.seats[otherSeat(seat)].author === author) {
    return refused("taken", "The session has the other seat");
  }
  const seated: PairEvent = { type: "seated", timeMs: nowMs, seat, author, nick };
  const wantsGame = state.play === undefined && applyEvent(state, seated).isPaired;
  const first = state.lastFirst === undefined ? 0 : otherSeat(state.lastFirst);
  return { events: [seated, ...wantsGame ? nextGame(rules, first, nowMs) : []] };
}

function say(
  state: PairState,
  seat: SeatIndex,
  text: string,
  nowMs: number,
  rules: PairRules,
): Decision {
  const { presence } = state.seats[seat];
  if (presence !== "here") return refused("not-seated", "Nobody sits there");
  if (!state.isPaired) {
    return refused("not-your-turn", "Nobody has taken the other seat yet: wait for them");
  }
  if ((flagDueMs(state) ?? Infinity) <= nowMs) {
    return refused("flag-fallen", "The flag has fallen: the game is over");
  }
  if (state.emitter !== seat) {
    return refused("not-your-turn", "It is the other side's turn: wait for their message");
  }
  const { play } = state;
  if (play === undefined) return { events: [{ type: "said", timeMs: nowMs, seat, text }] };
  const checked = play.game.check(play.position, text);
  if (checked.illegal !== undefined) return refused("illegal-move", checked.illegal);
  const moved: PairEvent = { type: "said", timeMs: nowMs, seat, text: checked.move };
  const outcome = play.game.outcome(play.game.play(play.position, checked.move));
  if (outcome === undefined) return { events: [moved] };
  const winner = outcome.kind === "won" ? { winner: seatOf(play, outcome.winner) } : {};
  const over: PairEvent = { type: "over", timeMs: nowMs, outcome: outcome.kind, ...winner };
  return { events: [moved, over, ...nextGame(rules, otherSeat(play.first), nowMs)] };
}

function leave(state: PairState, seat: SeatIndex, why: "fin" | "gone", timeMs: number): Decision {
  const { presence, sinceMs } = state.seats[seat];
  if (presence === "free") return nothing("Nobody is there");
  if (why === "gone" && (presence !== "lost" || timeMs < sinceMs + KEPT_MS)) {
    return nothing("The seat is still kept");
  }
  const left: PairEvent = { type: "left", timeMs, seat, why };
  const isAbandoned = state.play !== undefined && isEnded(applyEvent(state, left));
  return { events: isAbandoned ? [left, { type: "over", timeMs, outcome: "abandoned" }] : [left] };
}

function flag(state: PairState, timeMs: number, rules: PairRules): Decision {
  const { play, emitter } = state;
  if (play === undefined || (flagDueMs(state) ?? Infinity) > timeMs) {
    return nothing("The flag has not fallen");
  }
  const winner = otherSeat(emitter);
  return {
    events: [
      { type: "over", timeMs, outcome: "flag-fallen", winner },
      ...nextGame(rules, otherSeat(play.first), timeMs),
    ],
  };
}

function nextGame({ game, clockMs }: PairRules, first: SeatIndex, timeMs: number): PairEvent[] {
  if (game === undefined) return [];
  return [{ type: "begun", timeMs, game, first, ...(clockMs !== undefined && { clockMs }) }];
}

function refused(code: Refusal["code"], message: string): Decision {
  return { events: [], refused: { code, message } };
}

function nothing(message: string): Decision {
  return refused("nothing", message);
}
