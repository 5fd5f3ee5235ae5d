import { type Game, legend, type Outcome, type Player } from "../game.ts";

/** Nine cells, rows from the top, each with who has it. */
export type TicTacToe = readonly (Player | undefined)[];

const SIGNS = ["X", "O"] as const;

const LINES = [
  [0, 1, 2],
  [3, 4, 5],
  [6, 7, 8],
  [0, 3, 6],
  [1, 4, 7],
  [2, 5, 8],
  [0, 4, 8],
  [2, 4, 6],
] as const;

/** Name of a cell: column a to c, row 1 to 3 from the top. */
function nameOf(cell: number): string {
  return `${"abc".charAt(cell % 3)}${Math.floor(cell / 3) + 1}`;
}

function cellOf(move: string): number {
  return "abc".indexOf(move.charAt(0)) + 3 * (Number(move.charAt(1)) - 1);
}

/** Three in a row, on three by three cells. */
export const tictactoe: Game<TicTacToe> = {
  name: "tictactoe",
  brief: "three in a row wins; a move is a column and a row: b2",
  start: () => Array.from({ length: 9 }, () => undefined),
  toMove: (cells) => cells.filter((cell) => cell !== undefined).length % 2 === 0 ? 0 : 1,
  moves(cells) {
    if (tictactoe.outcome(cells) !== undefined) return [];
    return cells.flatMap((cell, at) => cell === undefined ? [nameOf(at)] : []);
  },
  check(cells, typed) {
    const text = typed.trim().toLowerCase().replace(/^([1-3])([a-c])$/, "$2$1");
    if (!/^[a-c][1-3]$/.test(text)) return { illegal: "wanted a column and a row, a1 to c3" };
    if (cells[cellOf(text)] !== undefined) return { illegal: `${text} is taken` };
    return { move: text };
  },
  play(cells, move) {
    const player = tictactoe.toMove(cells);
    return cells.map((cell, at) => at === cellOf(move) ? player : cell);
  },
  outcome(cells): Outcome | undefined {
    for (const [a, b, c] of LINES) {
      const player = cells[a];
      if (player !== undefined && player === cells[b] && player === cells[c]) {
        return { kind: "won", winner: player };
      }
    }
    return cells.includes(undefined) ? undefined : { kind: "drawn" };
  },
  view(cells, player) {
    const sign = (at: number) => {
      const owner = cells[at];
      return owner === undefined ? "." : SIGNS[owner];
    };
    return [
      "    a b c",
      ...[0, 1, 2].map((row) =>
        `  ${row + 1} ${[0, 1, 2].map((i) => sign(3 * row + i)).join(" ")}`
      ),
      legend(SIGNS, player),
    ];
  },
};
