import assert from "node:assert/strict";
import { type Outcome, runSeed } from "./connection_model.ts";

const SEEDS = 150;

/** What came of all seeds; each lives on a clock of its own, so they can go on at the same time. */
let lives: Promise<Outcome[]> | undefined;

function allLives(): Promise<Outcome[]> {
  return lives ??= Promise.all(Array.from({ length: SEEDS }, (_, i) => runSeed(i + 1)));
}

Deno.test(`Connection keeps its contracts in ${SEEDS} random lives`, async () => {
  const suspects = (await allLives()).filter(({ problems }) => problems.length > 0);
  // A rejection that nobody handled is charged to every life; alone they show whose it was.
  const alone: Outcome[] = [];
  for (const { seed } of suspects) alone.push(await runSeed(seed));
  const guilty = alone.find(({ problems }) => problems.length > 0) ?? suspects[0];
  if (guilty === undefined) return;
  const { seed, ends, problems, history } = guilty;
  assert.fail(`seed ${seed}, ${ends}: ${problems.join("; ")}\n${history.join("\n")}`);
});

Deno.test(`runSeed() meets every kind of end within ${SEEDS} seeds`, async () => {
  const met = new Set((await allLives()).flatMap(({ ends }) => ends.split("/")));
  for (
    const end of ["done+", "done", "lost", "silent", "internal", "overloaded", "shutting-down"]
  ) {
    assert(met.has(end), `${end} is not among ${[...met].join(", ")}`);
  }
});

Deno.test("runSeed() lives the same life again for the same seed", async () => {
  for (const seed of [1, 2, 3]) assert.deepEqual(await runSeed(seed), (await allLives())[seed - 1]);
});
