/** What a game for two is to the relay: pure rules, and a view for people. */

/** Who is meant: 0 moves first in a game. */
export type Player = 0 | 1;

/** How a game has ended. */
export type Outcome =
  | { readonly kind: "won"; readonly winner: Player }
  | { readonly kind: "drawn" };

/** What became of a move that somebody has typed: the move in its one form, or why it is illegal. */
export type CheckedMove =
  | { readonly move: string; readonly illegal?: undefined }
  | { readonly illegal: string; readonly move?: undefined };

/**
 * Rules of a game. All is pure, positions are never changed. A position that has no outcome has at
 * least one legal move, and each game ends after a bounded number of moves.
 */
export interface Game<Position = unknown> {
  /** What `--game` takes. */
  readonly name: string;
  /** What it is about and how moves are typed, in one line. */
  readonly brief: string;
  /** The position in which player 0 moves first. */
  start(): Position;
  toMove(position: Position): Player;
  /** Legal moves in the one form, as they are typed; none when the game is over. */
  moves(position: Position): readonly string[];
  /** Reads what was typed, however it is spelled. */
  check(position: Position, typed: string): CheckedMove;
  /** @param move one of `moves(position)` */
  play(position: Position, move: string): Position;
  /** `undefined` while the game goes on. */
  outcome(position: Position): Outcome | undefined;
  /**
   * The position as lines of plain ASCII, at most 40 columns wide.
   *
   * @param player who looks at it; missing: somebody who does not play
   */
  view(position: Position, player?: Player): readonly string[];
}

/** The other player. */
export function otherPlayer(player: Player): Player {
  return player === 0 ? 1 : 0;
}

/** Says which sign is whose. */
export function legend(signs: readonly [string, string], player: Player | undefined): string {
  if (player === undefined) return `${signs[0]} moves first, then ${signs[1]}`;
  return `you: ${signs[player]}, the other: ${signs[otherPlayer(player)]}`;
}
