import assert from "node:assert/strict";
import { runSeed } from "./connection_model.ts";

const SEEDS = 150;

Deno.test(`Connection keeps its contracts in ${SEEDS} random lives`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { ends, problems, history } = await runSeed(seed);
    const message = `seed ${seed}, ${ends}: ${problems.join("; ")}\n${history.join("\n")}`;
    assert.equal(problems.length, 0, message);
  }
});

Deno.test(`runSeed() meets every kind of end within ${SEEDS} seeds`, async () => {
  const met = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    for (const end of (await runSeed(seed)).ends.split("/")) met.add(end);
  }
  for (
    const end of ["done+", "done", "lost", "silent", "internal", "overloaded", "shutting-down"]
  ) {
    assert(met.has(end), `${end} is not among ${[...met].join(", ")}`);
  }
});
