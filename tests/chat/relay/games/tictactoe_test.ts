import assert from "node:assert/strict";
import { type TicTacToe, tictactoe } from "../../../../lib/chat/relay/games/tictactoe.ts";

/** What the first player gets when both play best, by trying everything. */
function value(position: TicTacToe): number {
  const outcome = tictactoe.outcome(position);
  if (outcome?.kind === "drawn") return 0;
  if (outcome !== undefined) return outcome.winner === 0 ? 1 : -1;
  const values = tictactoe.moves(position).map((move) => value(tictactoe.play(position, move)));
  return tictactoe.toMove(position) === 0 ? Math.max(...values) : Math.min(...values);
}

/** All games there are, by how they end: 131,184, 77,904 and 46,080 (a count that is well known). */
function count(position: TicTacToe, totals: [number, number, number]): void {
  const outcome = tictactoe.outcome(position);
  if (outcome !== undefined) {
    totals[outcome.kind === "drawn" ? 2 : outcome.winner]++;
    return;
  }
  for (const move of tictactoe.moves(position)) count(tictactoe.play(position, move), totals);
}

Deno.test("tictactoe.outcome() counts each of the 255,168 games as what it is", () => {
  const totals: [number, number, number] = [0, 0, 0];
  count(tictactoe.start(), totals);
  assert.deepEqual(totals, [131_184, 77_904, 46_080]);
});

Deno.test("tictactoe.play() is a draw when nobody errs", () => {
  const middle = tictactoe.play(tictactoe.start(), "b2");
  assert.equal(value(middle), 0);
});

Deno.test("tictactoe.check() says what is wrong with a move", () => {
  const position = tictactoe.play(tictactoe.start(), "b2");
  assert.deepEqual(tictactoe.check(position, "2B"), { illegal: "b2 is taken" });
  assert.match(tictactoe.check(position, "d4").illegal ?? "", /wanted a column and a row/);
});

Deno.test("tictactoe.view() shows the cells by column and row", () => {
  const position = ["a1", "c3", "b1"].reduce(
    (before, move) => tictactoe.play(before, move),
    tictactoe.start(),
  );
  assert.deepEqual(tictactoe.view(position, 1), [
    "    a b c",
    "  1 X X .",
    "  2 . . .",
    "  3 . . O",
    "you: O, the other: X",
  ]);
});
