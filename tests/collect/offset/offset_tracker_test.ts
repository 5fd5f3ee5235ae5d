import assert from "node:assert/strict";
import type { ClockStep } from "../../../lib/collect/offset/clock_step.ts";
import { OffsetTracker, type StampedProbe } from "../../../lib/collect/offset/offset_tracker.ts";

const NOW = 1_700_000_000_000_000;

/** A probe with 100 us on either way, sent when the client's clock shows `t1`. */
function probe(t1: number, offsetUs: number, clientSteps = 0, serverSteps = 0): StampedProbe {
  const t2 = t1 + 100 + offsetUs;
  return { t1, t2, t3: t2 + 10, t4: t1 + 210, clientSteps, serverSteps };
}

/** Bursts of one probe each second, `count` of them from `startUs` of the client on. */
function feed(tracker: OffsetTracker, count: number, startUs: number, ...rest: number[]) {
  const [offsetUs = 0, clientSteps, serverSteps] = rest;
  for (let k = 0; k < count; k++) {
    const refusal = tracker.addProbe(probe(startUs + k * 1e6, offsetUs, clientSteps, serverSteps));
    assert.equal(refusal, undefined);
  }
}

function step(wallUs: number, sizeUs: number, rest: Partial<ClockStep> = {}): ClockStep {
  return { wallUs, sizeUs, errorUs: 0, withinUs: 0, mayBeSuspend: false, ...rest };
}

const assertAbout = (tracker: OffsetTracker, clientUs: number, truthUs: number, steps?: number) => {
  const estimate = tracker.estimateAt(clientUs, steps);
  assert.ok(estimate !== undefined, "no estimate");
  assert.ok(Math.abs(estimate.offsetUs - truthUs) <= estimate.boundUs, JSON.stringify(estimate));
  return estimate;
};

Deno.test("OffsetTracker says nothing before the first probe, and from it on always", () => {
  const tracker = new OffsetTracker();
  assert.equal(tracker.estimateAt(NOW), undefined);
  tracker.addProbe(probe(NOW, 5000));
  assert.equal(assertAbout(tracker, NOW + 105, 5000).offsetUs, 5000);
  assertAbout(tracker, NOW + 3600e6, 5000);
  assertAbout(tracker, NOW - 3600e6, 5000);
});

Deno.test("OffsetTracker counts what it refuses, by reason", () => {
  const tracker = new OffsetTracker();
  assert.equal(tracker.addProbe({ ...probe(NOW, 0), t3: 0 }), "answered before received");
  assert.equal(tracker.addProbe({ ...probe(NOW, 0), t4: NaN }), "not a time");
  assert.equal(tracker.addProbe({ ...probe(NOW, 0), t4: Infinity }), "not a time");
  assert.equal(tracker.addProbe(probe(NOW, 0, 1)), "before a step");
  feed(tracker, 2, NOW);
  assert.equal(tracker.addProbe(probe(NOW, 0)), "out of order");
  assert.deepEqual(Object.fromEntries(tracker.refused), {
    "answered before received": 1,
    "not a time": 2,
    "before a step": 1,
    "out of order": 1,
  });
  assert.equal(tracker.used, 2);
});

for (const sizeUs of [2_000_000, -2_000_000, 86_400_000_000, -86_400_000_000]) {
  Deno.test(`OffsetTracker keeps the truth when the client is set by ${sizeUs} us`, () => {
    const tracker = new OffsetTracker();
    feed(tracker, 20, NOW, 300);
    tracker.addStep("client", step(NOW + 20e6 + sizeUs, sizeUs));
    const after = assertAbout(tracker, NOW + 20e6 + sizeUs + 1000, 300 - sizeUs);
    assert.ok(after.boundUs < 600 + Math.abs(sizeUs) * 500e-6);
    assertAbout(tracker, NOW + 10e6, 300, 0);
    assert.equal(tracker.addProbe(probe(NOW + 20e6, 300, 0)), "before a step");
    feed(tracker, 20, NOW + 21e6 + sizeUs, 300 - sizeUs, 1);
    assert.ok(assertAbout(tracker, NOW + 41e6 + sizeUs, 300 - sizeUs).boundUs < 150);
    assertAbout(tracker, NOW + 10e6, 300, 0);
  });
}

Deno.test("OffsetTracker tells the same time apart that a client shows twice", () => {
  const tracker = new OffsetTracker();
  feed(tracker, 20, NOW);
  tracker.addStep("client", step(NOW + 10e6, -10e6));
  feed(tracker, 5, NOW + 10e6, 10e6, 1);
  assertAbout(tracker, NOW + 12e6, 0, 0);
  assertAbout(tracker, NOW + 12e6, 10e6, 1);
  assertAbout(tracker, NOW + 12e6, 10e6);
});

for (const sizeUs of [2_000_000, -2_000_000]) {
  Deno.test(`OffsetTracker keeps the truth when the server is set by ${sizeUs} us`, () => {
    const tracker = new OffsetTracker();
    feed(tracker, 20, NOW, 300);
    // Seen 100 ms late, when the client shows NOW + 20 s.
    const serverUs = NOW + 20e6 + 300 + sizeUs;
    tracker.addStep("server", step(serverUs, sizeUs, { withinUs: 100_000 }));
    feed(tracker, 5, NOW + 20.1e6, 300 + sizeUs, 0, 1);
    assert.ok(assertAbout(tracker, NOW + 19.8e6, 300).boundUs < 150);
    assert.ok(assertAbout(tracker, NOW + 20.2e6, 300 + sizeUs).boundUs < 200);
    for (const truthUs of [300, 300 + sizeUs]) assertAbout(tracker, NOW + 19.95e6, truthUs);
  });
}

Deno.test("OffsetTracker says nothing of a time before a server step that no probe saw", () => {
  const tracker = new OffsetTracker();
  tracker.addStep("server", step(NOW, 5e6));
  assert.equal(tracker.estimateAt(NOW), undefined);
  feed(tracker, 3, NOW, 7, 0, 1);
  assertAbout(tracker, NOW + 3e6, 7);
  assert.equal(tracker.estimateAt(NOW - 1e6), undefined);
});

Deno.test("OffsetTracker says nothing of a time before a server step during the first probe", () => {
  const sizeUs = 300_000;
  const [t1, t4] = [NOW, NOW + 100_000];
  const t2 = NOW + 96_000 + sizeUs; // a way that is slow in one direction; the step is at 80 ms
  const first = { t1, t2, t3: t2, t4, clientSteps: 0, serverSteps: 1 };
  const tracker = new OffsetTracker();
  tracker.addStep("server", step(NOW + 80_000 + sizeUs, sizeUs));
  assert.equal(tracker.addProbe(first), undefined);
  feed(tracker, 3, NOW + 1e6, sizeUs, 0, 1);
  assert.equal(tracker.estimateAt(NOW + 60_000), undefined, "after the middle of the probe");
  assertAbout(tracker, t4 + 1000, sizeUs);
  tracker.addStep("server", step(NOW + 5e6, -sizeUs, { withinUs: 6e6 }));
  assert.equal(tracker.estimateAt(NOW + 60_000), undefined, "when the step after it is not sharp");
});

Deno.test("OffsetTracker believes the size of a step only within its error", () => {
  const tracker = new OffsetTracker();
  feed(tracker, 20, NOW);
  tracker.addStep("client", step(NOW + 21e6, 1e6, { errorUs: 5000 }));
  assertAbout(tracker, NOW + 21e6, -1e6 + 5000);
  assertAbout(tracker, NOW + 21e6, -1e6 - 5000);
});

Deno.test("OffsetTracker allows for both when a client may have slept or been set", () => {
  const tracker = new OffsetTracker();
  feed(tracker, 20, NOW);
  tracker.addStep("client", step(NOW + 620e6, 600e6, { mayBeSuspend: true }));
  assertAbout(tracker, NOW + 620e6, 0);
  assertAbout(tracker, NOW + 620e6, -600e6);
  feed(tracker, 1, NOW + 621e6, 0, 1);
  assert.ok(assertAbout(tracker, NOW + 621e6, 0).boundUs < 1000, "a probe settles it");
});

Deno.test("OffsetTracker finds a step that nobody announced, and fits anew", () => {
  const tracker = new OffsetTracker();
  feed(tracker, 20, NOW);
  feed(tracker, 3, NOW + 20e6, 50_000);
  const [seen, ...others] = tracker.steps;
  assert.equal(others.length, 0);
  assert.equal(seen?.side, "unknown");
  assert.ok(Math.abs((seen?.sizeUs ?? 0) - 50_000) < 1);
  assert.ok(assertAbout(tracker, NOW + 23e6, 50_000).boundUs < 1000);
  assert.ok(assertAbout(tracker, NOW + 18e6, 0).boundUs < 200);
  for (const truthUs of [0, 50_000]) assertAbout(tracker, NOW + 19.5e6, truthUs); // before or after
});

Deno.test("OffsetTracker finds a clock that is slewed, and follows it", () => {
  const tracker = new OffsetTracker();
  feed(tracker, 60, NOW);
  for (let k = 1; k < 30; k++) tracker.addProbe(probe(NOW + 59e6 + k * 4e6, k * 4 * 450));
  assert.equal(tracker.frequencyJumps, 1);
  assert.equal(tracker.steps.length, 0);
  const estimate = assertAbout(tracker, NOW + 59e6 + 29 * 4e6, 29 * 4 * 450);
  assert.ok(Math.abs(estimate.frequencyPpm - 450) < 5);
});

Deno.test("OffsetTracker remembers eight stretches, and says so of what was before", () => {
  const tracker = new OffsetTracker();
  for (let k = 0; k < 12; k++) {
    feed(tracker, 3, NOW + k * 100e6, 0, k);
    tracker.addStep("client", step(NOW + k * 100e6 + 50e6, 10, { errorUs: 1 }));
  }
  assert.equal(tracker.estimateAt(NOW, 0), undefined);
  assert.notEqual(tracker.estimateAt(NOW + 11 * 100e6, 11), undefined);
  assert.equal(tracker.steps.length, 8);
});

Deno.test("OffsetTracker begins with the steps that were seen before it was made", () => {
  const tracker = new OffsetTracker({ clientSteps: 2, serverSteps: 7 });
  assert.equal(tracker.addProbe(probe(NOW, 0)), "before a step");
  feed(tracker, 3, NOW, 40, 2, 7);
  tracker.addStep("client", step(NOW + 3e6, 1000));
  feed(tracker, 3, NOW + 4e6, -960, 3, 7);
  assertAbout(tracker, NOW + 1e6, 40, 2);
  assertAbout(tracker, NOW + 5e6, -960);
});

Deno.test("OffsetTracker says nothing between two steps that it hears of in the wrong order", () => {
  const tracker = new OffsetTracker();
  feed(tracker, 20, NOW, 300);
  const [clientSize, serverSize] = [2_000_000, -50_000_000];
  // The client is set at 22 s and cannot say so; the server is set at 25 s.
  tracker.addStep("server", step(NOW + 25e6 + 300 + serverSize, serverSize));
  tracker.addStep("client", step(NOW + 22e6 + clientSize, clientSize));
  tracker.addStep("client", step(NOW + 23e6 + 2 * clientSize, clientSize));
  assertAbout(tracker, NOW + 21e6, 300, 0);
  assert.equal(tracker.estimateAt(NOW + 22.5e6 + clientSize, 1), undefined);
  assert.equal(tracker.estimateAt(NOW + 24e6 + 2 * clientSize, 2), undefined);
  assertAbout(tracker, NOW + 26e6 + 2 * clientSize, 300 - 2 * clientSize + serverSize, 2);
});

Deno.test("OffsetTracker says nothing of times at which nobody watched the server's clock", () => {
  const serverSinceUs = NOW + 1000e6;
  const tracker = new OffsetTracker({ serverSteps: 2, serverSinceUs });
  feed(tracker, 20, NOW + 1001e6, 300, 0, 2);
  assert.equal(tracker.estimateAt(NOW + 999e6), undefined);
  assertAbout(tracker, NOW + 1000.5e6, 300);
  tracker.addStep("server", step(NOW + 1021e6 - 50e6, -50e6));
  assertAbout(tracker, NOW + 1022e6, 300 - 50e6);
  assert.equal(tracker.estimateAt(NOW + 999e6), undefined);
});

Deno.test("OffsetTracker knows of both sides of a step when one was before the first probe", () => {
  const tracker = new OffsetTracker();
  tracker.addStep("server", step(NOW - 1e6, -300_000));
  feed(tracker, 3, NOW, 300, 0, 1);
  const sizeUs = -50_000_000;
  // It happened at some moment of the last second before 5 s.
  tracker.addStep("server", step(NOW + 5e6 + 300 + sizeUs, sizeUs, { withinUs: 1e6 }));
  assertAbout(tracker, NOW + 4.5e6, 300);
  assertAbout(tracker, NOW + 4.5e6, 300 + sizeUs);
  assertAbout(tracker, NOW + 3e6, 300);
  tracker.addStep("server", step(NOW + 6e6 + 300 + 2 * sizeUs, sizeUs, { withinUs: 8e6 }));
  assert.equal(tracker.estimateAt(NOW - 1e6), undefined);
});
