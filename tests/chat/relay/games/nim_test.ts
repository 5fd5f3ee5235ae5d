import assert from "node:assert/strict";
import { type Nim, nim } from "../../../../lib/chat/relay/games/nim.ts";

const known = new Map<string, boolean>();

/** Whether who moves can win, by trying everything. */
function isWon(position: Nim): boolean {
  const outcome = nim.outcome(position);
  if (outcome !== undefined) {
    return outcome.kind === "won" && outcome.winner === nim.toMove(position);
  }
  const key = JSON.stringify(position);
  const before = known.get(key);
  if (before !== undefined) return before;
  const can = nim.moves(position).some((move) => !isWon(nim.play(position, move)));
  known.set(key, can);
  return can;
}

Deno.test("nim.outcome() makes who moves at XOR 0 the loser, everywhere", () => {
  for (let a = 0; a <= 3; a++) {
    for (let b = 0; b <= 5; b++) {
      for (let c = 0; c <= 7; c++) {
        const position: Nim = { heaps: [a, b, c], toMove: 1 };
        assert.equal(isWon(position), (a ^ b ^ c) !== 0, `${a} ${b} ${c}`);
      }
    }
  }
});

Deno.test("nim.check() says what is wrong with a move", () => {
  assert.deepEqual(nim.check(nim.start(), "1 4"), { illegal: "heap 1 has 3, not 4" });
  assert.match(nim.check(nim.start(), "4 1").illegal ?? "", /a heap from 1 to 3/);
  assert.match(nim.check(nim.start(), "1 0").illegal ?? "", /how many to take/);
  assert.deepEqual(nim.check(nim.start(), "3-05"), { move: "3 5" });
});
