import fc from "fast-check";
import assert from "node:assert/strict";
import { CLOCK_LIMITS, type ClockLimits } from "../../../lib/collect/offset/clock_limits.ts";
import { measureProbe } from "../../../lib/collect/offset/probe.ts";

const MAX = Number.MAX_SAFE_INTEGER;

Deno.test("measureProbe() gives offset, delay and half width of an exchange", () => {
  const probe = { t1: 1000, t2: 51_100, t3: 51_150, t4: 1350 };
  assert.deepEqual(measureProbe(probe, CLOCK_LIMITS), {
    atUs: 1175,
    offsetUs: 49_950,
    delayUs: 300,
    halfWidthUs: 150 + 4 + 350 * 500e-6 / 2,
  });
});

const FAULTS = [
  { probe: { t1: 0, t2: 5, t3: 4, t4: 9 }, fault: "answered before received" },
  { probe: { t1: 9, t2: 5, t3: 6, t4: 8 }, fault: "reply before request" },
  { probe: { t1: 0, t2: 5, t3: 30, t4: 9 }, fault: "negative delay" },
  { probe: { t1: 0, t2: 5, t3: 6, t4: 16_000_002 }, fault: "delay too long" },
  { probe: { t1: 0.5, t2: 5, t3: 6, t4: 9 }, fault: "not a time" },
  { probe: { t1: 0, t2: NaN, t3: 6, t4: 9 }, fault: "not a time" },
  { probe: { t1: 0, t2: 5, t3: Infinity, t4: 9 }, fault: "not a time" },
  { probe: { t1: 0, t2: 5, t3: 6, t4: MAX + 1 }, fault: "not a time" },
];

for (const { probe, fault } of FAULTS) {
  Deno.test(`measureProbe() calls ${Object.values(probe).join(" ")} "${fault}"`, () => {
    assert.equal(measureProbe(probe, CLOCK_LIMITS), fault);
  });
}

Deno.test("measureProbe() lets a delay be negative by what reading and drift explain", () => {
  const reading = measureProbe({ t1: 0, t2: 5, t3: 1_000_005 + 8 + 500, t4: 1_000_000 }, {
    ...CLOCK_LIMITS,
  });
  assert.equal(typeof reading === "object" && reading.delayUs, 0);
  assert.equal(
    measureProbe({ t1: 0, t2: 5, t3: 1_000_005 + 9 + 500, t4: 1_000_000 }, CLOCK_LIMITS),
    "negative delay",
  );
});

const wallUs = fc.integer({ min: -8e15, max: 8e15 });

Deno.test("measureProbe() holds the truth whatever the path, the dates and the drift", () => {
  const errorUs = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      wallUs,
      wallUs,
      fc.nat(2_000_000),
      fc.nat(2_000_000),
      fc.nat(5_000_000),
      fc.double({ min: -500, max: 500, noNaN: true }),
      fc.tuple(errorUs, errorUs, errorUs),
      (startUs, serverUs, there, back, hold, ppm, errors) => {
        const server = (afterUs: number) => serverUs + afterUs * (1 + ppm / 1e6);
        const probe = {
          t1: startUs,
          t2: Math.floor(server(there) + errors[0]),
          t3: Math.floor(server(there + hold) + errors[1]),
          t4: Math.floor(startUs + there + hold + back + errors[2]),
        };
        if (probe.t3 < probe.t2) return;
        const reading = measureProbe(probe, CLOCK_LIMITS);
        assert.ok(typeof reading === "object", `refused: ${reading}`);
        const truthUs = server(reading.atUs - startUs) - reading.atUs;
        // Numbers near 2^53 are whole: one more for what the test itself rounds.
        assert.ok(Math.abs(truthUs - reading.offsetUs) <= reading.halfWidthUs + 1);
        assert.ok(Math.abs(reading.delayUs - there - back) <= 8 + hold * 500e-6 + 1);
      },
    ),
  );
});

Deno.test("measureProbe() is as wide as asymmetry needs: all delay on one way is at the edge", () => {
  const exact: ClockLimits = {
    ...CLOCK_LIMITS,
    clientReadingErrorUs: 0,
    serverReadingErrorUs: 0,
    maxDriftPpm: 0,
  };
  fc.assert(
    fc.property(wallUs, fc.integer({ min: -1e9, max: 1e9 }), fc.nat(1e6), (t1, offset, d) => {
      const t2 = t1 + offset + d;
      const reading = measureProbe({ t1, t2, t3: t2, t4: t1 + d }, exact);
      assert.ok(typeof reading === "object");
      assert.equal(reading.offsetUs - offset, d / 2);
      assert.equal(reading.halfWidthUs, d / 2);
    }),
  );
});
