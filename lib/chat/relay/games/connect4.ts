import { type Game, legend, type Outcome, type Player } from "../game.ts";

/** Seven columns of up to six discs, from the bottom up, each with who dropped it. */
export type Connect4 = {
  readonly columns: readonly (readonly Player[])[];
  /** Column of the last disc. */
  readonly last?: number | undefined;
};

const SIGNS = ["X", "O"] as const;
const COLUMNS = 7;
const ROWS = 6;

/** Right, up, and the two diagonals. */
const DIRECTIONS = [[1, 0], [0, 1], [1, 1], [1, -1]] as const;

/** Discs of one player in a row from a cell, the cell itself not counted. */
function run({ columns }: Connect4, x: number, y: number, dx: number, dy: number): number {
  const player = columns[x]?.[y];
  let length = 0;
  while (columns[x + dx * (length + 1)]?.[y + dy * (length + 1)] === player) {
    if (++length === 3) break;
  }
  return length;
}

/** Four in a row, dropped into seven columns. */
export const connect4: Game<Connect4> = {
  name: "connect4",
  brief: "four in a row wins; a move is a column: 4",
  start: () => ({ columns: Array.from({ length: COLUMNS }, () => []) }),
  toMove: ({ columns }) => columns.reduce((sum, discs) => sum + discs.length, 0) % 2 === 0 ? 0 : 1,
  moves(position) {
    if (connect4.outcome(position) !== undefined) return [];
    return position.columns.flatMap((discs, x) => discs.length < ROWS ? [String(x + 1)] : []);
  },
  check({ columns }, typed) {
    const text = typed.trim();
    if (!/^[1-7]$/.test(text)) return { illegal: "wanted a column, 1 to 7" };
    if (columns[Number(text) - 1]?.length === ROWS) return { illegal: `column ${text} is full` };
    return { move: text };
  },
  play(position, move) {
    const last = Number(move) - 1;
    const player = connect4.toMove(position);
    const columns = position.columns.map((discs, x) => x === last ? [...discs, player] : discs);
    return { columns, last };
  },
  /** Only the last disc can have ended it. */
  outcome(position): Outcome | undefined {
    const { columns, last } = position;
    if (last === undefined) return undefined;
    const y = (columns[last]?.length ?? 0) - 1;
    const winner = columns[last]?.[y];
    const isWon = DIRECTIONS.some(([dx, dy]) =>
      run(position, last, y, dx, dy) + run(position, last, y, -dx, -dy) >= 3
    );
    if (isWon && winner !== undefined) return { kind: "won", winner };
    return columns.every((discs) => discs.length === ROWS) ? { kind: "drawn" } : undefined;
  },
  view({ columns, last }, player) {
    const rows: string[] = [];
    for (let y = ROWS - 1; y >= 0; y--) {
      const signs = columns.map((discs) => {
        const owner = discs[y];
        return owner === undefined ? "." : SIGNS[owner];
      });
      rows.push(`  ${signs.join(" ")}`);
    }
    const dropped = last === undefined ? "" : `; last: ${last + 1}`;
    return [
      ...rows,
      "  1 2 3 4 5 6 7",
      `${legend(SIGNS, player)}${dropped}`,
    ];
  },
};
