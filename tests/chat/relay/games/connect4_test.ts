import assert from "node:assert/strict";
import fc from "fast-check";
import { type Connect4, connect4 } from "../../../../lib/chat/relay/games/connect4.ts";

/** Whether a player has four in a row anywhere, by looking everywhere. */
function hasFour({ columns }: Connect4, player: number): boolean {
  for (let x = 0; x < 7; x++) {
    for (let y = 0; y < 6; y++) {
      for (const [dx, dy] of [[1, 0], [0, 1], [1, 1], [1, -1]] as const) {
        if ([0, 1, 2, 3].every((i) => columns[x + i * dx]?.[y + i * dy] === player)) return true;
      }
    }
  }
  return false;
}

function after(moves: string): Connect4 {
  return [...moves].reduce((position, move) => connect4.play(position, move), connect4.start());
}

Deno.test("connect4.outcome() agrees with a look at all rows, in all games", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 42, maxLength: 42 }), (choices) => {
      let position = connect4.start();
      for (const choice of choices) {
        const outcome = connect4.outcome(position);
        const winner = [0, 1].find((player) => hasFour(position, player));
        if (winner !== undefined) return assert.deepEqual(outcome, { kind: "won", winner });
        assert.equal(outcome, undefined);
        const moves = connect4.moves(position);
        position = connect4.play(position, moves[choice % moves.length] ?? "");
      }
      const winner = [0, 1].find((player) => hasFour(position, player));
      assert.deepEqual(
        connect4.outcome(position),
        winner === undefined ? { kind: "drawn" } : { kind: "won", winner },
      );
    }),
    { numRuns: 300 },
  );
});

for (const [what, moves] of [["row", "1122334"], ["column", "1212121"], ["slope", "12233434454"]]) {
  Deno.test(`connect4.outcome() sees four in a ${what}`, () => {
    assert.deepEqual(connect4.outcome(after(moves ?? "")), { kind: "won", winner: 0 });
  });
}

Deno.test("connect4.check() refuses a full column", () => {
  assert.deepEqual(connect4.check(after("111111"), "1"), { illegal: "column 1 is full" });
  assert.match(connect4.check(after(""), "8").illegal ?? "", /1 to 7/);
});

Deno.test("connect4.view() shows discs from the bottom up", () => {
  assert.deepEqual(connect4.view(after("443"), 0).slice(-4), [
    "  . . . O . . .",
    "  . . X X . . .",
    "  1 2 3 4 5 6 7",
    "you: X, the other: O; last: 3",
  ]);
});
