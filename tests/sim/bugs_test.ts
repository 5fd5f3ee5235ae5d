/** Bugs that are put in on purpose: the simulation must find each, and say what it breaks. */
import assert from "node:assert/strict";
import { runSeed } from "./core/run_seed.ts";
import { SCENARIOS } from "./scenarios.ts";

/** Seeds that it may take. */
const MAX_SEEDS = 40;

for (const scenario of SCENARIOS) {
  for (const { name, what, breaks } of scenario.bugs) {
    Deno.test(`simulation of ${scenario.name} finds the bug ${name}: ${what}`, async () => {
      for (let seed = 1; seed <= MAX_SEEDS; seed++) {
        const { failure } = await runSeed(scenario, seed, { bug: name });
        if (failure === undefined) continue;
        assert.equal(failure.invariant, breaks, failure.message);
        return;
      }
      assert.fail(`not found in ${MAX_SEEDS} seeds`);
    });
  }
}
