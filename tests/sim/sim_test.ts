/** Some hundred seeds, the same each time; `deno task sim` runs others. */
import assert from "node:assert/strict";
import { faultText } from "./core/fault.ts";
import { runSeed } from "./core/run_seed.ts";
import { SCENARIOS } from "./scenarios.ts";

const SEEDS = 80;

for (const scenario of SCENARIOS) {
  Deno.test(`simulation of ${scenario.name}: ${SEEDS} seeds keep all promises`, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { failure, faults } = await runSeed(scenario, seed);
      const replay = `deno task sim --scenario ${scenario.name} --seed ${seed}`;
      assert.equal(failure, undefined, `${replay}\n${faults.map(faultText).join("\n")}`);
    }
  });

  Deno.test(`simulation of ${scenario.name}: a seed is played the same way again`, async () => {
    for (const seed of [2, 5]) {
      const [once, again] = [await runSeed(scenario, seed), await runSeed(scenario, seed)];
      assert.equal(again.digest, once.digest, `seed ${seed}`);
      assert.deepEqual(again.trace, once.trace, `seed ${seed}`);
    }
  });
}
