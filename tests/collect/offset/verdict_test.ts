import assert from "node:assert/strict";
import { OffsetTracker } from "../../../lib/collect/offset/offset_tracker.ts";
import { verdict } from "../../../lib/collect/offset/verdict.ts";

const NOW = 1_700_000_000_000_000;

function tracked(count: number, offsetUs = 0, delayUs = (_: number) => 100): OffsetTracker {
  const tracker = new OffsetTracker();
  for (let k = 0; k < count; k++) {
    const t1 = NOW + k * 1e6;
    const t2 = t1 + offsetUs + delayUs(k);
    const stamps = { clientSteps: 0, serverSteps: 0 };
    tracker.addProbe({ t1, t2, t3: t2, t4: t1 + 2 * delayUs(k), ...stamps });
  }
  return tracker;
}

const kinds = (tracker: OffsetTracker, clientUs = NOW + 30e6) => {
  const { trust, reasons } = verdict(tracker, clientUs);
  return [trust, ...reasons.map(({ kind }) => kind)];
};

Deno.test("verdict() is ok on a quiet path, and names what two ends cannot see", () => {
  const { trust, reasons } = verdict(tracked(20), NOW + 20e6);
  assert.equal(trust, "ok");
  assert.deepEqual(reasons, [{ kind: "asymmetry", upToUs: 100 }]);
});

Deno.test("verdict() knows nothing without probes", () => {
  assert.deepEqual(kinds(tracked(0)), ["unknown", "no probes"]);
});

Deno.test("verdict() doubts an estimate of fewer than three probes", () => {
  assert.deepEqual(kinds(tracked(2)), ["doubtful", "too few probes", "asymmetry"]);
  assert.deepEqual(kinds(tracked(3)), ["ok", "asymmetry"]);
});

Deno.test("verdict() names a clock that is far off, by how much and what far is", () => {
  const { trust, reasons } = verdict(tracked(20, -2 * 86_400e6), NOW + 20e6);
  assert.equal(trust, "doubtful");
  const [reason] = reasons;
  assert.ok(reason?.kind === "far off");
  assert.ok(Math.abs(reason.offsetUs + 2 * 86_400e6) < 1);
  assert.equal(reason.limitUs, 1_000_000);
  assert.equal(verdict(tracked(20, 2e6), NOW + 20e6, { farOffUs: 3e6 }).trust, "ok");
});

Deno.test("verdict() names a step, whose, when and how much, and doubts for a minute", () => {
  const tracker = tracked(20);
  const wallUs = NOW + 30e6;
  tracker.addStep("client", {
    wallUs,
    sizeUs: -5000,
    errorUs: 4,
    withinUs: 10_000,
    mayBeSuspend: false,
  });
  for (let k = 0; k < 5; k++) {
    const t1 = wallUs + k * 1e6;
    const stamps = { clientSteps: 1, serverSteps: 0 };
    tracker.addProbe({ t1, t2: t1 + 5100, t3: t1 + 5100, t4: t1 + 200, ...stamps });
  }
  const { trust, reasons } = verdict(tracker, wallUs + 6e6);
  assert.equal(trust, "doubtful");
  assert.deepEqual(reasons[0], {
    kind: "step",
    side: "client",
    atUs: wallUs,
    sizeUs: -5000,
    errorUs: 4,
    mayBeSuspend: false,
  });
  assert.deepEqual(kinds(tracker, wallUs + 61e6), ["ok", "step", "asymmetry"]);
});

Deno.test("verdict() names an unstable path with its delays", () => {
  const { trust, reasons } = verdict(tracked(20, 0, (k) => k < 10 ? 100 : 5000), NOW + 20e6);
  assert.equal(trust, "doubtful");
  assert.deepEqual(reasons[0], { kind: "unstable path", leastDelayUs: 200, usualDelayUs: 10_000 });
});

Deno.test("verdict() names a silence", () => {
  const { trust, reasons } = verdict(tracked(20), NOW + 1000e6);
  assert.equal(trust, "doubtful");
  assert.ok(reasons[0]?.kind === "silent" && Math.round(reasons[0].ageUs / 1e6) === 981);
});

Deno.test("verdict() counts probes that made no sense, not those that were only late", () => {
  const tracker = tracked(20);
  tracker.addProbe({ t1: NOW, t2: NOW, t3: NOW, t4: NOW, clientSteps: 0, serverSteps: 0 });
  assert.deepEqual(kinds(tracker), ["ok", "asymmetry"]);
  tracker.addProbe({ t1: NOW, t2: NOW, t3: NOW - 1, t4: NOW, clientSteps: 0, serverSteps: 0 });
  assert.deepEqual(verdict(tracker, NOW + 20e6).reasons[0], {
    kind: "bad probes",
    refused: { "answered before received": 1 },
  });
});
