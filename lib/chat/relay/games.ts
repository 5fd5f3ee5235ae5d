/** The games that `--game` knows. */
import type { Game } from "./game.ts";
import { connect4 } from "./games/connect4.ts";
import { nim } from "./games/nim.ts";
import { tictactoe } from "./games/tictactoe.ts";

/** All games, in the order in which help names them. */
export const GAMES: readonly Game[] = [tictactoe, connect4, nim];

/** A game by its name; `undefined` when there is none. */
export function gameNamed(name: string): Game | undefined {
  return GAMES.find((game) => game.name === name);
}

/** What `--game` takes. @throws {SyntaxError} */
export function parseGame(text: string): string {
  if (gameNamed(text) !== undefined) return text;
  const names = GAMES.map(({ name }) => name).join(", ");
  throw new SyntaxError(`wanted one of ${names}, got "${text}"`);
}
