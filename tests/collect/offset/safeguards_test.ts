/** Each assumption and each message matters: without it the bound misses the truth somewhere. */
import assert from "node:assert/strict";
import { CLOCK_LIMITS, type ClockLimits } from "../../../lib/collect/offset/clock_limits.ts";
import { OffsetTracker } from "../../../lib/collect/offset/offset_tracker.ts";
import { SCENARIOS } from "./scenarios.ts";
import { MINUTE_US } from "./simulated_clock.ts";
import { type Estimator, simulate } from "./simulator.ts";

const MINUTES = 25;

function missedLooks(name: keyof typeof SCENARIOS, estimator: Estimator): number {
  const scenario = SCENARIOS[name];
  assert.ok(scenario !== undefined);
  let missed = 0;
  simulate(
    { ...scenario, lengthUs: MINUTES * MINUTE_US },
    1,
    estimator,
    ({ estimate, truthUs }) => {
      if (Math.abs(truthUs - estimate.offsetUs) > estimate.boundUs) missed++;
    },
  );
  return missed;
}

const trackerWith = (limits: Partial<ClockLimits>) =>
  new OffsetTracker({ limits: { ...CLOCK_LIMITS, ...limits } });

const LIMITS: readonly { what: string; name: string; limits: Partial<ClockLimits> }[] = [
  {
    what: "a reading error of 0",
    name: "no delay at all",
    limits: { clientReadingErrorUs: 0, serverReadingErrorUs: 0 },
  },
  { what: "a drift of at most 50 ppm", name: "one probe", limits: { maxDriftPpm: 50 } },
  {
    what: "a rate that never changes",
    name: "a temperature that changes fast",
    limits: { wanderPpmPerMinute: 0, frequencyJumpPpm: 0 },
  },
];

for (const { what, name, limits } of LIMITS) {
  Deno.test(`OffsetTracker misses the truth when it assumes ${what}: ${name}`, () => {
    assert.equal(missedLooks(name, trackerWith({})), 0);
    assert.ok(missedLooks(name, trackerWith(limits)) > 0);
  });
}

/** Hears nothing of steps: every probe and every question is of one clock that was never set. */
class Deaf implements Estimator {
  readonly #tracker = new OffsetTracker();
  get current() {
    return this.#tracker.current;
  }
  addProbe: Estimator["addProbe"] = (probe) =>
    this.#tracker.addProbe({ ...probe, clientSteps: 0, serverSteps: 0 });
  addStep(): void {}
  estimateAt: Estimator["estimateAt"] = (clientUs) => this.#tracker.estimateAt(clientUs);
}

for (const name of ["a client that is set", "a server that is set"]) {
  Deno.test(`OffsetTracker misses the truth when it is not told of steps: ${name}`, () => {
    assert.ok(missedLooks(name, new Deaf()) > 0);
  });
}

Deno.test("OffsetTracker misses the truth when a sleep passes for a step", () => {
  const tracker = new OffsetTracker();
  const sure: Estimator = {
    get current() {
      return tracker.current;
    },
    addProbe: (probe) => tracker.addProbe(probe),
    addStep: (side, step) => tracker.addStep(side, { ...step, mayBeSuspend: false }),
    estimateAt: (clientUs, clientSteps) => tracker.estimateAt(clientUs, clientSteps),
  };
  assert.ok(missedLooks("a server that sleeps", sure) > 0);
});

Deno.test("OffsetTracker misses the truth when a boundary on the server's side is taken as sharp", () => {
  const tracker = new OffsetTracker();
  const sharp: Estimator = {
    get current() {
      return tracker.current;
    },
    addProbe: (probe) => tracker.addProbe(probe),
    addStep: (side, step) => tracker.addStep(side, { ...step, withinUs: 0 }),
    estimateAt: (clientUs, clientSteps) => tracker.estimateAt(clientUs, clientSteps),
  };
  assert.ok(missedLooks("a server that is set", sharp) > 0);
});

Deno.test("OffsetTracker misses the truth when a time is looked up without its step count", () => {
  const tracker = new OffsetTracker();
  const blind: Estimator = {
    get current() {
      return tracker.current;
    },
    addProbe: (probe) => tracker.addProbe(probe),
    addStep: (side, step) => tracker.addStep(side, step),
    estimateAt: (clientUs) => tracker.estimateAt(clientUs),
  };
  assert.ok(missedLooks("a client that is set", blind) > 0);
});
