/** What holds for each game, whatever its rules. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { gameNamed, GAMES, parseGame } from "../../../../lib/chat/relay/games.ts";

/** More moves than any game has. */
const MANY = 64;

for (const game of GAMES) {
  Deno.test(`${game.name}.play() ends each game with an outcome, and has moves until then`, () => {
    fc.assert(fc.property(fc.array(fc.nat(), { minLength: MANY, maxLength: MANY }), (choices) => {
      let position = game.start();
      assert.equal(game.toMove(position), 0);
      for (const choice of choices) {
        const moves = game.moves(position);
        assert.equal(moves.length === 0, game.outcome(position) !== undefined);
        const move = moves[choice % moves.length];
        if (move === undefined) return;
        const before = JSON.stringify(position);
        const next = game.play(position, move);
        assert.equal(JSON.stringify(position), before);
        position = next;
      }
      assert.fail(`still going on after ${MANY} moves`);
    }));
  });

  Deno.test(`${game.name}.check() takes what moves() lists, and nothing that it does not`, () => {
    const typed = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[a-d1-8][0-9 ]{0,3}$/),
      fc.constantFrom("A1", "1a", " b2 ", "3-2", "1,1"),
    );
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 20, size: "max" }), typed, (choices, text) => {
        let position = game.start();
        for (const choice of choices) {
          const moves = game.moves(position);
          for (const move of moves) assert.deepEqual(game.check(position, move), { move });
          const checked = game.check(position, text);
          if (checked.move !== undefined && moves.length > 0) {
            assert(moves.includes(checked.move), checked.move);
          }
          const move = moves[choice % moves.length];
          if (move === undefined) return;
          position = game.play(position, move);
        }
      }),
    );
  });

  Deno.test(`${game.name}.view() is plain ASCII within 40 columns`, () => {
    fc.assert(fc.property(fc.array(fc.nat(), { maxLength: 50, size: "max" }), (choices) => {
      let position = game.start();
      for (const choice of choices) {
        for (const line of [...game.view(position, 0), ...game.view(position, 1)]) {
          assert.match(line, /^[ -~]{0,40}$/);
        }
        const moves = game.moves(position);
        const move = moves[choice % moves.length];
        if (move === undefined) return;
        position = game.play(position, move);
      }
    }));
  });
}

Deno.test("gameNamed() knows each game, and nothing else", () => {
  for (const game of GAMES) assert.equal(gameNamed(game.name), game);
  assert.equal(gameNamed("chess"), undefined);
  assert.throws(() => parseGame("chess"), /wanted one of tictactoe, connect4, nim/);
});
