import assert from "node:assert/strict";
import { CLOCK_LIMITS } from "../../../lib/collect/offset/clock_limits.ts";
import { OffsetTracker } from "../../../lib/collect/offset/offset_tracker.ts";
import { CHRONY, randomScenario, SCENARIOS } from "./scenarios.ts";
import { MINUTE_US } from "./simulated_clock.ts";
import { type Scenario, simulate } from "./simulator.ts";

const SEEDS = [1, 2];

/** Runs a scenario, fails where the truth is outside the bound, and counts the looks. */
function assertHeld(scenario: Scenario, seed: number): number {
  let looks = 0;
  simulate(scenario, seed, new OffsetTracker(), ({ estimate, truthUs, atUs, agoUs }) => {
    looks++;
    const { offsetUs, boundUs } = estimate;
    if (Math.abs(truthUs - offsetUs) <= boundUs) return;
    assert.fail(
      `seed ${seed} at ${atUs / 1e6} s, ${agoUs} us ago: ${truthUs} is not ${offsetUs} +- ` +
        `${boundUs} us`,
    );
  });
  return looks;
}

for (const [name, scenario] of Object.entries(SCENARIOS)) {
  Deno.test(`OffsetTracker holds the truth at every moment of an hour: ${name}`, () => {
    for (const seed of SEEDS) {
      const looks = assertHeld(scenario, seed);
      assert.ok(looks > 50_000, `${looks} looks`);
    }
  });
}

Deno.test("OffsetTracker holds the truth whatever happens at whatever time", () => {
  for (let seed = 1; seed <= 30; seed++) assertHeld(randomScenario(seed), seed);
});

const SLEWED: Scenario = {
  ...CHRONY,
  client: { slews: [{ atUs: 20 * MINUTE_US, forUs: MINUTE_US, ppm: 450 }] },
};

Deno.test("OffsetTracker holds the truth through slewing when the limits allow for it", () => {
  const limits = { ...CLOCK_LIMITS, frequencyJumpPpm: 500 };
  simulate(SLEWED, 1, new OffsetTracker({ limits }), ({ estimate, truthUs, atUs }) => {
    assert.ok(Math.abs(truthUs - estimate.offsetUs) <= estimate.boundUs, `at ${atUs / 1e6} s`);
  });
});

Deno.test("OffsetTracker sees slewing that the limits exclude at the next burst, and what was", () => {
  const tracker = new OffsetTracker();
  let missedUntilUs = 0;
  simulate(SLEWED, 1, tracker, ({ estimate, truthUs, atUs, agoUs }) => {
    if (Math.abs(truthUs - estimate.offsetUs) <= estimate.boundUs) return;
    missedUntilUs = Math.max(missedUntilUs, atUs);
    assert.ok(agoUs === 0 || atUs < 22.2 * MINUTE_US, `${agoUs} us ago at ${atUs / 1e6} s`);
  });
  assert.ok(tracker.frequencyJumps > 0);
  assert.ok(missedUntilUs > 0 && missedUntilUs < 22.2 * MINUTE_US, `${missedUntilUs / 1e6} s`);
});

Deno.test("OffsetTracker is as good as chrony's own tests ask for", () => {
  for (const seed of SEEDS) {
    let worstUs = 0;
    let worstPpm = 0;
    let squares = 0;
    let looks = 0;
    simulate(CHRONY, seed, new OffsetTracker(), ({ estimate, truthUs, truthPpm, atUs, agoUs }) => {
      if (agoUs > 0 || atUs < MINUTE_US) return;
      worstPpm = Math.max(worstPpm, Math.abs(truthPpm - estimate.frequencyPpm));
      const errorUs = Math.abs(truthUs - estimate.offsetUs);
      worstUs = Math.max(worstUs, errorUs);
      squares += errorUs ** 2;
      looks++;
    });
    assert.ok(worstUs <= 1000, `${worstUs} us`);
    assert.ok(Math.sqrt(squares / looks) <= 300, `${Math.sqrt(squares / looks)} us rms`);
    assert.ok(worstPpm <= 5, `${worstPpm} ppm`);
  }
});

Deno.test("simulate() gives the same hour for the same seed, and another for another", () => {
  const hour = (seed: number) => {
    let sum = 0;
    simulate({ ...CHRONY, lengthUs: MINUTE_US }, seed, new OffsetTracker(), ({ estimate }) => {
      sum += estimate.offsetUs + estimate.boundUs;
    });
    return sum;
  };
  assert.equal(hour(1), hour(1));
  assert.notEqual(hour(1), hour(2));
});
